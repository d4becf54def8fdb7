import { Injectable } from '@nestjs/common';
import { type CallFacts, ChannelLine } from '#libs/channel-line';
import {
  ChannelError,
  type ChannelTransfers,
  PaymentChannelFactory,
  type TransferCapabilities,
} from '#libs/payments';
import { Log, Metrics } from '#libs/service';
import { Turnstile } from '#libs/turnstile';

export interface PayoutCall {
  readonly name: 'transfer' | 'query_transfer' | 'cancel_transfer';
  readonly accountId: string;
  readonly withdrawalId: string;
}

/** The one way out to a channel for payouts: in the line of the account that pays, behind the buyers. */
@Injectable()
export class PayoutCalls {
  private readonly line: ChannelLine;
  private readonly durations;

  constructor(
    private readonly channels: PaymentChannelFactory,
    turnstile: Turnstile,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.line = new ChannelLine(turnstile);
    this.durations = metrics.durations('withdrawal_channel_call', 'Calls to channels about payouts', [
      'account',
      'call',
      'outcome',
    ]);
  }

  /** Null where the account can't pay anybody. */
  capabilitiesOf(accountId: string): TransferCapabilities | null {
    return this.channels.account(accountId).channel.transfers?.capabilities ?? null;
  }

  /** @throws ChannelError only. `NOT_DONE`: it never reached the channel. */
  async run<T>(call: PayoutCall, work: (transfers: ChannelTransfers) => Promise<T>): Promise<T> {
    const { name, accountId, withdrawalId } = call;
    const account = this.channels.account(accountId);
    return this.line.run(
      account,
      { priority: 'refund', key: `${name}:${withdrawalId}` },
      (channel) => {
        if (channel.transfers) return work(channel.transfers);
        throw new ChannelError('REFUSED', 'NO_TRANSFERS', `${accountId} can't pay anybody`);
      },
      (facts) => this.tell(call, facts),
    );
  }

  private tell({ name, accountId, withdrawalId }: PayoutCall, facts: CallFacts): void {
    this.durations.observe(
      { account: accountId, call: name, outcome: facts.outcome },
      (facts.tookMs ?? 0) / 1_000,
    );
    this.log.info({ withdrawalId, account: accountId, call: name, ...facts }, 'asked the channel');
  }
}
