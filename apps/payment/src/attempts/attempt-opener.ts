import { Injectable } from '@nestjs/common';
import { ChannelError, type PayCredential, type PaymentChannel } from '#libs/payments';
import { Log } from '#libs/service';
import { ChannelCalls } from '../channels/channel-calls.js';
import { OrderChanges } from '../orders/order-changes.js';
import { PaymentConfig } from '../payment.config.js';
import { AttemptRepository, type OpenableAttempt } from './attempt.repository.js';

/** What asking a channel for a way to pay came to. `LATER`: not yet; the query ladder asks again. */
export type OpeningOutcome =
  | { readonly outcome: 'READY' }
  | { readonly outcome: 'REFUSED'; readonly channelCode: string }
  /** Somebody else, perhaps in another replica, is asking for the same at this moment. */
  | { readonly outcome: 'ASKED_ALREADY' }
  | { readonly outcome: 'LATER'; readonly channelCode: string };

/** Asks a channel for a way to pay. Repeating it is harmless: the channel knows the attempt by its number. */
@Injectable()
export class AttemptOpener {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly calls: ChannelCalls,
    private readonly changes: OrderChanges,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  /** For a method that only signs: no network, nothing stored. */
  sign(channel: PaymentChannel, attempt: OpenableAttempt): Promise<PayCredential> {
    return channel.prepay(this.prepayOf(channel.name, attempt));
  }

  /** @param priority `buyer` while somebody looks at the page. */
  async open(attempt: OpenableAttempt, priority: 'buyer' | 'query'): Promise<OpeningOutcome> {
    const fields = { orderId: attempt.orderId, attemptId: attempt.id };
    try {
      const isReady = await this.calls.run(
        attempt.accountId,
        { name: 'prepay', priority, ...fields },
        (channel) => this.openAt(channel, attempt),
      );
      if (isReady) {
        this.log.info(fields, 'attempt can be paid');
        await this.changes.changed(attempt.orderId, attempt.merchantId, 'PAYING');
      }
      return { outcome: 'READY' };
    } catch (error) {
      if (!ChannelError.is(error)) throw error;
      const { kind, channelCode } = error;
      if (channelCode === 'ALREADY_ASKED') return { outcome: 'ASKED_ALREADY' };
      this.log.warn({ ...fields, kind, code: channelCode }, 'the channel opened no payment');
      if (kind !== 'REFUSED') return { outcome: 'LATER', channelCode };
      const closed = await this.attempts.markFailed(
        attempt,
        error.message,
        new Date(Date.now() + this.config.lastLookAfterMs),
      );
      await this.changes.changed(attempt.orderId, attempt.merchantId, closed ? 'CLOSED' : 'PAYING');
      return { outcome: 'REFUSED', channelCode };
    }
  }

  /** Stored before the line lets the next one in: whoever waited behind this finds that it is done. */
  private async openAt(channel: PaymentChannel, attempt: OpenableAttempt): Promise<boolean> {
    if (!(await this.attempts.findOpenable(attempt.id))) {
      throw new ChannelError('NOT_DONE', 'ALREADY_ASKED', `Attempt ${attempt.id} has been opened meanwhile`);
    }
    const credential = await channel.prepay(this.prepayOf(channel.name, attempt));
    return this.attempts.markReady(attempt, credential);
  }

  private prepayOf(channelName: string, attempt: OpenableAttempt) {
    return {
      outTradeNo: attempt.id,
      method: attempt.method,
      amount: attempt.amount,
      subject: attempt.subject,
      expiresAt: attempt.expiresAt,
      notifyUrl: this.config.notifyUrl(channelName),
      returnUrl: this.config.returnUrl(attempt.orderId),
      ...attempt.payer,
    };
  }
}
