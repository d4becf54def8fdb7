import { Injectable } from '@nestjs/common';
import { beijingDayOf } from '#libs/calendar';
import { DomainError, type FieldError, type wallet } from '#libs/contracts';
import { IdGenerator } from '#libs/ids';
import { Log } from '#libs/service';
import { type Headers, contextHeaders } from '#libs/transport';
import { LedgerService } from '../ledger/ledger.service.js';
import { channelSettlement } from './settlement.recipe.js';
import { SettlementRepository, type SettlementWish } from './settlement.repository.js';

/** Until a recorded settlement that nobody has booked is taken up by the sweep. */
export const RETRY_SECONDS = 10;

/** Where operators write down what has moved between a channel and our bank. */
@Injectable()
export class SettlementDesk {
  constructor(
    private readonly settlements: SettlementRepository,
    private readonly ledger: LedgerService,
    private readonly ids: IdGenerator,
    private readonly log: Log,
  ) {}

  /**
   * The row is there before the ledger is asked, so that it is known who recorded it, wherever this process dies.
   *
   * @throws DomainError `VALIDATION_FAILED` by field; `SETTLEMENT_EXISTS` when that line stands for something else.
   */
  async record(wish: SettlementWish): Promise<wallet.Settlement> {
    const errors = problemsOf(wish, beijingDayOf(new Date()));
    if (errors.length > 0) {
      const fields = errors.map(({ field }) => field).join(', ');
      throw new DomainError('VALIDATION_FAILED', `Correct these fields of the settlement: ${fields}`, {
        errors,
      });
    }
    const id = this.ids.nextId(0);
    if (await this.settlements.create(id, wish, RETRY_SECONDS)) {
      this.log.info(
        { settlementId: id, operatorId: wish.operatorId, channel: wish.channel },
        'recorded a settlement',
      );
      return this.bookNow(await this.get(id));
    }
    const standing = await this.settlements.findByLine(wish);
    if (standing && isSame(standing, wish)) return this.bookNow(standing);
    throw new DomainError(
      'SETTLEMENT_EXISTS',
      `${wish.channel} ${wish.bankReference} was recorded before${standing ? `, as settlement ${standing.id}` : ''}: a line of the bank is booked once`,
    );
  }

  /** Asks the ledger; how often, and by whom: its key makes it once. */
  async book(settlement: wallet.Settlement, headers: Headers): Promise<void> {
    if (settlement.state !== 'RECORDED') return;
    const { id } = settlement;
    const outcome = await this.ledger.post(channelSettlement(settlement, headers));
    const { transferId } = outcome;
    if (outcome.status === 'posted') await this.settlements.markPosted(id, transferId);
    else await this.settlements.markRefused(id, transferId, outcome.code);
    this.log.info(
      { settlementId: id, transferId, status: outcome.status },
      'asked the ledger for a settlement',
    );
  }

  private async bookNow(settlement: wallet.Settlement): Promise<wallet.Settlement> {
    try {
      await this.book(settlement, contextHeaders());
    } catch (error) {
      this.log.warn(
        { err: error, settlementId: settlement.id },
        'could not book a settlement yet: tried again',
      );
    }
    return this.get(settlement.id);
  }

  private async get(id: string): Promise<wallet.Settlement> {
    const settlement = await this.settlements.find(id);
    if (!settlement) throw new Error(`There is no settlement ${id}`);
    return settlement;
  }
}

function problemsOf({ direction, amount, fee, valueDate }: SettlementWish, today: string): FieldError[] {
  const problems: FieldError[] = [];
  if (direction === 'top_up' && fee >= amount)
    problems.push({ field: 'fee', message: 'must be less than the amount: it is kept of what we pay in' });
  if (valueDate > today)
    problems.push({ field: 'valueDate', message: `must not be later than today, ${today}` });
  return problems;
}

/** The same line with the same facts is the same request once more, whoever sends it. */
function isSame(standing: wallet.Settlement, wish: SettlementWish): boolean {
  return (['direction', 'amount', 'fee', 'valueDate'] as const).every(
    (fact) => standing[fact] === wish[fact],
  );
}
