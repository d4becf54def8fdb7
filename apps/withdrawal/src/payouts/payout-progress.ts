import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import { ChannelError, type ChannelTransfer, type ChannelTransfers } from '#libs/payments';
import { Log } from '#libs/service';
import { PayoutAccountsService } from '../payout-accounts/payout-accounts.service.js';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { netOf, type WithdrawalRow } from '../withdrawals/withdrawal-row.js';
import { WithdrawalRepository } from '../withdrawals/withdrawal.repository.js';
import { WithdrawalSteps } from '../withdrawals/withdrawal-steps.js';
import { type PayoutDecision, decidePayout, decidePayoutError } from './decide-payout.js';
import { PayoutCalls, type PayoutCall } from './payout-calls.js';

/** A withdrawal that one of our accounts at a channel pays. */
type ChannelPayout = WithdrawalRow & { readonly channel_account_id: string };

/**
 * Pays one withdrawal through a channel: sends, asks, cancels. The number at the channel is the withdrawal's id, now and
 * for ever, so that no repetition can pay twice.
 */
@Injectable()
export class PayoutProgress {
  constructor(
    private readonly withdrawals: WithdrawalRepository,
    private readonly steps: WithdrawalSteps,
    private readonly accounts: PayoutAccountsService,
    private readonly calls: PayoutCalls,
    private readonly config: WithdrawalConfig,
    private readonly log: Log,
  ) {}

  /** Takes a withdrawal that is PAYING one step further. Throws nothing that the channel says or does. */
  async advance(row: ChannelPayout): Promise<void> {
    const wasSent = row.call_count > 0;
    await this.withdrawals.countCall(row.id);
    if (row.cancel_asked === 1) return this.apply(row, await this.cancel(row));
    const known = wasSent ? await this.query(row) : ({ action: 'SEND' } as const);
    const lacksConfirmation =
      known.action === 'WAIT' &&
      known.awaitsPayee &&
      known.confirmation === null &&
      row.confirmation === null;
    // A query may not say what the payee confirms with: the same request again does, and pays nothing twice.
    if (known.action !== 'SEND' && !lacksConfirmation) return this.apply(row, known);
    const sent = await this.send(row);
    // A refusal of what was sent before may mean that it was done then: only a channel that knows nothing of it is believed.
    if (sent.action !== 'FAILED' || !wasSent) return this.apply(row, sent);
    const again = await this.query(row);
    await this.apply(row, again.action === 'SEND' ? sent : again);
  }

  /** One that was paid a while ago: has it come back? @returns false when nobody could say. */
  async lookAgain(row: ChannelPayout): Promise<boolean> {
    const decision = await this.query(row);
    if (decision.action === 'ASK_LATER') return false;
    if (decision.action === 'RETURNED') await this.steps.comeBack(row, decision.message);
    return true;
  }

  private query(row: ChannelPayout): Promise<PayoutDecision> {
    return this.ask(
      row,
      'query_transfer',
      (transfers) => transfers.query(row.id),
      () => ({ action: 'ASK_LATER' }),
    );
  }

  private cancel(row: ChannelPayout): Promise<PayoutDecision> {
    return this.ask(
      row,
      'cancel_transfer',
      (transfers) => transfers.cancel(row.id),
      () => ({ action: 'ASK_LATER' }),
    );
  }

  private async send(row: ChannelPayout): Promise<PayoutDecision> {
    const payee = await this.accounts.open(row.payout_account_id);
    const request = {
      outTransferNo: row.id,
      amount: netOf(row),
      payeeAccount: payee.number,
      payeeName: payee.name,
      remark: this.config.payoutRemark,
    };
    return this.ask(row, 'transfer', (transfers) => transfers.transfer(request), decidePayoutError);
  }

  private async ask(
    row: ChannelPayout,
    name: PayoutCall['name'],
    work: (transfers: ChannelTransfers) => Promise<ChannelTransfer>,
    onError: (error: ChannelError) => PayoutDecision,
  ): Promise<PayoutDecision> {
    try {
      const call = { name, accountId: row.channel_account_id, withdrawalId: row.id };
      return decidePayout(netOf(row), await this.calls.run(call, work));
    } catch (error) {
      if (!ChannelError.is(error)) throw error;
      this.log.warn(
        { withdrawalId: row.id, kind: error.kind, code: error.channelCode },
        `${name} gave no result`,
      );
      return onError(error);
    }
  }

  private async apply(row: ChannelPayout, decision: PayoutDecision): Promise<void> {
    switch (decision.action) {
      case 'PAID':
        await this.steps.pay(row, decision);
        return;
      case 'FAILED':
        await this.steps.fail(row, decision.problem, decision.message);
        return;
      case 'CANCELLED':
        // Not by us: the payee let it lapse.
        if (row.cancel_asked === 1) await this.steps.cancel(row, row.owner_id);
        else await this.steps.fail(row, 'PAYEE_DID_NOT_CONFIRM', 'It was not confirmed in time');
        return;
      case 'RETURNED':
        // Nobody knew that it was paid before it came back: the money is ours again, and was never booked as gone.
        await this.steps.fail(row, 'RETURNED_BY_BANK', decision.message);
        return;
      case 'WAIT':
        await this.wait(row, decision);
        return;
      case 'ASK_LATER':
      case 'SEND':
        return;
    }
  }

  private async wait(
    row: ChannelPayout,
    decision: Extract<PayoutDecision, { action: 'WAIT' }>,
  ): Promise<void> {
    const { problem, awaitsPayee } = decision;
    if (problem !== null) this.log.error({ withdrawalId: row.id, problem }, 'a payout waits for somebody');
    const confirmation = decision.confirmation && this.config.confirmationOf(decision.confirmation);
    await this.withdrawals.noteWaiting(row.id, { ...decision, confirmation }, this.config.payoutRetryMs);
    if (awaitsPayee && row.awaits_payee === 0) await this.steps.tell(row, 'awaits-payee');
  }
}

export const isByChannel = (row: WithdrawalRow): row is ChannelPayout => row.channel_account_id !== null;

export type ChannelMethod = Exclude<withdrawal.PayoutMethod, 'bank'>;
