import { Controller } from '@nestjs/common';
import { dayAfter } from '#libs/calendar';
import { DomainError, type RequestOf, type ResponseOf, wallet } from '#libs/contracts';
import { Rpc } from '#libs/transport';
import { EarningsConfig } from './earnings.config.js';
import { EarningsRepository } from './earnings.repository.js';

const MAX_DAYS = 366;

/** What a traffic owner sees of the ledger. */
@Controller()
export class EarningsController {
  constructor(
    private readonly earnings: EarningsRepository,
    private readonly config: EarningsConfig,
  ) {}

  @Rpc(wallet.getEarnings)
  async getEarnings({
    ownerId,
    from,
    to,
  }: RequestOf<typeof wallet.getEarnings>): Promise<ResponseOf<typeof wallet.getEarnings>> {
    if (from > to || dayAfter(from, MAX_DAYS) < to) {
      const message = `must be ${from} or later, and at most ${MAX_DAYS} days later`;
      throw new DomainError('VALIDATION_FAILED', `to ${message}`, { errors: [{ field: 'to', message }] });
    }
    const [totals, days] = await Promise.all([
      this.earnings.totals(ownerId),
      this.earnings.days(ownerId, from, to),
    ]);
    return {
      pending: totals.get('traffic_pending') ?? 0n,
      available: totals.get('traffic_available') ?? 0n,
      withdrawing: totals.get('traffic_withdrawing') ?? 0n,
      days: days.map(({ day, pending, matured }) => ({
        day,
        earned: pending + matured,
        pending,
        maturesOn: dayAfter(day, this.config.maturityDays),
      })),
    };
  }
}
