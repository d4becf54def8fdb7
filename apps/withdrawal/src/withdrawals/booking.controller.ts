import { Controller } from '@nestjs/common';
import { type PayloadOf, wallet } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { OnEvent } from '#libs/transport';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { Timeline } from './timeline.js';
import type { WithdrawalRow } from './withdrawal-row.js';
import { WithdrawalSteps } from './withdrawal-steps.js';
import { WithdrawalRepository } from './withdrawal.repository.js';

/** Where the wallet's transfers are noted; its other kinds are nobody's here. */
const NOTED_AS: Partial<Record<wallet.TransferKind, 'settle_transfer_id' | 'return_transfer_id'>> = {
  withdrawal_paid: 'settle_transfer_id',
  withdrawal_released: 'settle_transfer_id',
  withdrawal_returned: 'return_transfer_id',
};

@Controller()
export class BookingController {
  constructor(
    private readonly database: Database,
    private readonly withdrawals: WithdrawalRepository,
    private readonly timeline: Timeline,
    private readonly steps: WithdrawalSteps,
    private readonly config: WithdrawalConfig,
    private readonly log: Log,
  ) {}

  /** The wallet has booked how a withdrawal ended, or that it came back. Comes at least once. */
  @OnEvent(wallet.transferPosted)
  async noteBooked({
    kind,
    reference: withdrawalId,
    transferId,
  }: PayloadOf<typeof wallet.transferPosted>): Promise<void> {
    const column = NOTED_AS[kind];
    if (column === undefined) return;
    const booked = await this.database.transaction(async (transaction) => {
      const row = await this.withdrawals.lock(transaction, withdrawalId);
      if (!row)
        throw new Error(`Transfer ${transferId} is of withdrawal ${withdrawalId}, which is unknown here`);
      if (row[column] !== null) return null;
      const dueInMs = this.dueAfter(row, column);
      await this.withdrawals.noteBooked(transaction, withdrawalId, column, transferId, dueInMs);
      await this.timeline.append(transaction, withdrawalId, 'booked', { kind, transferId });
      return row;
    });
    if (!booked) return;
    await this.steps.changed(booked, booked.state);
    this.log.info({ withdrawalId, kind, transferId }, 'the wallet has booked a withdrawal');
  }

  /** When something is left to be done for it. */
  private dueAfter(row: WithdrawalRow, column: 'settle_transfer_id' | 'return_transfer_id'): number | null {
    if (row.state !== 'RETURNED')
      return row.channel_account_id === null ? null : (this.config.lookAgainMs[0] ?? null);
    const other = column === 'settle_transfer_id' ? row.return_transfer_id : row.settle_transfer_id;
    return other === null ? 0 : null;
  }
}
