import { Injectable } from '@nestjs/common';
import { DomainError, wallet } from '#libs/contracts';
import { PaymentChannelFactory } from '#libs/payments';
import { RpcClient } from '#libs/transport';
import { PayoutProgress, isByChannel } from '../payouts/payout-progress.js';
import { WithdrawalConfig } from '../withdrawal.config.js';
import type { WithdrawalRow } from './withdrawal-row.js';
import { WithdrawalSteps } from './withdrawal-steps.js';
import { WithdrawalRepository } from './withdrawal.repository.js';

/** Our account at the channel may be gone for good: whoever has not answered in so long is not asked any more. */
const LOOKS_END_AFTER_MS = 30 * 86_400_000;

/**
 * Takes a withdrawal one step further from wherever it stands: hold, send, ask, announce. Each step is stored before the
 * next one begins, and repeating any of them is harmless, so that it does not matter who takes it up after a crash, or
 * where.
 */
@Injectable()
export class WithdrawalProgress {
  constructor(
    private readonly withdrawals: WithdrawalRepository,
    private readonly steps: WithdrawalSteps,
    private readonly payouts: PayoutProgress,
    private readonly channels: PaymentChannelFactory,
    private readonly services: RpcClient,
    private readonly config: WithdrawalConfig,
  ) {}

  /** @throws DomainError when wallet or channel could not be asked: it stays as it is, and is taken up again. */
  async advance(row: WithdrawalRow): Promise<void> {
    switch (row.state) {
      case 'REQUESTED':
        await this.hold(row);
        return;
      case 'APPROVED':
        await this.send(row);
        return;
      case 'PAYING':
        if (isByChannel(row)) await this.payouts.advance(row);
        return;
      case 'PAID':
      case 'FAILED':
      case 'CANCELLED':
        if (row.settle_transfer_id === null) await this.steps.announceAgain(row);
        else await this.lookAgain(row);
        return;
      case 'IN_REVIEW':
      case 'REFUSED':
        return;
      case 'REJECTED':
      case 'RETURNED':
        await this.steps.announceAgain(row);
        return;
    }
  }

  private async hold(row: WithdrawalRow): Promise<void> {
    const wish = { withdrawalId: row.id, ownerId: row.owner_id, amount: BigInt(row.amount) };
    try {
      const { transferId } = await this.services.call(wallet.holdWithdrawal, wish);
      await this.steps.hold(row, transferId);
    } catch (error) {
      if (!DomainError.is(error, 'INSUFFICIENT_FUNDS') && !DomainError.is(error, 'ACCOUNT_FROZEN'))
        throw error;
      await this.steps.refuse(row, error.code);
    }
  }

  /** Which of our accounts pays is stored before it is asked; from then on no other one ever is. */
  private async send(row: WithdrawalRow): Promise<void> {
    // The next bank file takes it.
    if (row.method === 'bank') return;
    const account = this.channels.choose(row.method);
    if (!(await this.steps.send(row, account.id, this.config.payoutRetryMs))) return;
    await this.payouts.advance({ ...row, state: 'PAYING', channel_account_id: account.id });
  }

  /**
   * A bank may give a payment back days later, and a channel may pay what it has called failed: asked about at a few moments
   * after the end, and then no more.
   */
  private async lookAgain(row: WithdrawalRow): Promise<void> {
    if (!isByChannel(row)) return;
    const isAnswered = await this.payouts.lookAgain(row);
    const next = this.config.lookAgainMs[row.look_count + 1] ?? null;
    if (isAnswered) await this.withdrawals.planLook(row.id, next);
    else if (Date.now() - row.updated_at.getTime() > LOOKS_END_AFTER_MS)
      await this.withdrawals.planLook(row.id, null);
  }
}
