import { Injectable } from '@nestjs/common';
import type { withdrawal } from '#libs/contracts';
import { ChannelError, type ChannelTransfer, type ChannelTransfers } from '#libs/payments';
import { Log } from '#libs/service';
import { withoutNumbers } from '../payout-accounts/account-number.js';
import { PayoutAccountsService } from '../payout-accounts/payout-accounts.service.js';
import { WithdrawalConfig } from '../withdrawal.config.js';
import { netOf, type WithdrawalRow } from '../withdrawals/withdrawal-row.js';
import { WithdrawalRepository } from '../withdrawals/withdrawal.repository.js';
import { WithdrawalSteps } from '../withdrawals/withdrawal-steps.js';
import { type PayoutDecision, decidePayout, decidePayoutError } from './decide-payout.js';
import { PayoutCalls, type PayoutCall } from './payout-calls.js';

/** What the channel must not say of a payout whose money its owner has got back. */
const MONEY_IS_GONE: readonly PayoutDecision['action'][] = ['PAID', 'WAIT'];

const FORGOTTEN: PayoutDecision = {
  action: 'WAIT',
  problem: 'NOT_KNOWN_ANY_MORE',
  message: 'The channel does not answer about transfers that are so old: look for it in its statements',
  awaitsPayee: false,
  confirmation: null,
};

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
    if (wasSent && known.action === 'SEND' && this.isForgotten(row)) return this.apply(row, FORGOTTEN);
    const lacksConfirmation =
      known.action === 'WAIT' &&
      known.awaitsPayee &&
      known.confirmation === null &&
      row.confirmation === null;
    // A query may not say what the payee confirms with: the same request again does, and pays nothing twice.
    if (known.action !== 'SEND' && !lacksConfirmation) return this.apply(row, known);
    const sent = await this.send(row);
    // A refusal of what was sent before may mean that it was done then: only a channel that knows nothing of it is believed,
    // and only when the call of then can't be on its way any more.
    if (sent.action !== 'FAILED' || !wasSent) return this.apply(row, sent);
    const again = await this.query(row);
    if (again.action !== 'SEND') return this.apply(row, again);
    if (!this.mayStillArrive(row)) await this.apply(row, sent);
  }

  /** One that has ended a while ago: does the channel still say so, or has it come back? @returns false when nobody could say. */
  async lookAgain(row: ChannelPayout): Promise<boolean> {
    await this.withdrawals.countCall(row.id);
    const decision = await this.query(row);
    if (decision.action === 'ASK_LATER') return false;
    const isPaid = row.state === 'PAID';
    if (decision.action === 'RETURNED' && isPaid) await this.steps.comeBack(row, decision.message);
    else if (isPaid ? decision.action !== 'PAID' : MONEY_IS_GONE.includes(decision.action))
      await this.steps.contradict(row, wordsOf(decision));
    return true;
  }

  /** Whether the channel doesn't look so far back that its not knowing it would mean anything. */
  private isForgotten({
    channel_account_id: accountId,
    sent_at: sentAt,
    created_at: createdAt,
  }: ChannelPayout) {
    const reachMs = this.calls.capabilitiesOf(accountId)?.queryReachMs ?? null;
    return reachMs !== null && Date.now() - (sentAt ?? createdAt).getTime() >= reachMs;
  }

  private mayStillArrive({ asked_at: askedAt }: ChannelPayout): boolean {
    return askedAt !== null && Date.now() - askedAt.getTime() < this.config.callsArriveWithinMs;
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
    const send = async (transfers: ChannelTransfers) => {
      // While this call stood in line, somebody else may have brought it to its end.
      const now = await this.withdrawals.find(row.id);
      if (now?.state === 'PAYING') return transfers.transfer(request);
      throw new ChannelError('NOT_DONE', 'ENDED_MEANWHILE', 'it was decided while this call stood in line');
    };
    return this.ask(row, 'transfer', send, decidePayoutError);
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
        await this.cancelled(row);
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

  private async cancelled(row: ChannelPayout): Promise<void> {
    // As it is now: its owner may have taken it back while we asked.
    const now = await this.withdrawals.find(row.id);
    if (now?.cancel_asked === 1) await this.steps.cancel(row, row.owner_id);
    else await this.steps.fail(row, 'PAYEE_DID_NOT_CONFIRM', 'It was not confirmed in time');
  }

  private async wait(
    row: ChannelPayout,
    decision: Extract<PayoutDecision, { action: 'WAIT' }>,
  ): Promise<void> {
    const { problem, awaitsPayee } = decision;
    if (problem !== null) this.log.error({ withdrawalId: row.id, problem }, 'a payout waits for somebody');
    const confirmation = decision.confirmation && this.config.confirmationOf(decision.confirmation);
    const message = decision.message && withoutNumbers(decision.message);
    await this.withdrawals.noteWaiting(
      row.id,
      { ...decision, message, confirmation },
      this.config.payoutRetryMs,
    );
    if (awaitsPayee && row.awaits_payee === 0) await this.steps.tell(row, 'awaits-payee');
  }
}

function wordsOf(decision: PayoutDecision): string {
  if (decision.action === 'PAID') return `It has paid it, under ${decision.channelTransferNo}`;
  if (decision.action === 'SEND') return 'It knows no such transfer';
  return `${decision.action}${'message' in decision && decision.message ? `: ${decision.message}` : ''}`;
}

export const isByChannel = (row: WithdrawalRow): row is ChannelPayout => row.channel_account_id !== null;

export type ChannelMethod = Exclude<withdrawal.PayoutMethod, 'bank'>;
