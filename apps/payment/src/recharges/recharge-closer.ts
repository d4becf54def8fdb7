import { Injectable } from '@nestjs/common';
import { DomainError, type payment } from '#libs/contracts';
import { ChannelError } from '#libs/payments';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { OrderRepository } from '../orders/order.repository.js';
import { rechargeOf } from '../orders/order-row.js';
import { ChannelInquiry } from '../query/channel-inquiry.js';

/** Closes an order at the buyer's wish: each of its attempts at its channel first, and only then here. */
@Injectable()
export class RechargeCloser {
  constructor(
    private readonly orders: OrderRepository,
    private readonly attempts: AttemptRepository,
    private readonly inquiry: ChannelInquiry,
  ) {}

  /** @returns the order as it is afterwards: CLOSED, or PAID when a payment was faster. */
  async close(merchantId: string, id: string): Promise<payment.Recharge> {
    const order = await this.find(merchantId, id);
    if (order.state === 'CLOSED') return order;
    if (order.state !== 'CREATED' && order.state !== 'PAYING') {
      throw new DomainError(
        'RECHARGE_NOT_CLOSABLE',
        `Recharge ${id} is ${order.state}: only an unpaid one can be closed`,
      );
    }
    await this.closeAtChannels(id);
    const after = await this.find(merchantId, id);
    if (after.state === 'CREATED' || after.state === 'PAYING') {
      throw new DomainError(
        'RECHARGE_NOT_CLOSABLE',
        `${order.channel} does not know recharge ${id} yet, so it can't promise that nobody will pay it: it closes by itself at ${order.expiresAt.toISOString()}`,
      );
    }
    return after;
  }

  private async closeAtChannels(id: string): Promise<void> {
    const now = new Date();
    for (const attempt of await this.attempts.findAllOpen(id)) {
      try {
        await this.inquiry.close(attempt, now, 'buyer');
      } catch (error) {
        if (!ChannelError.is(error)) throw error;
        throw new DomainError(
          'CHANNEL_UNAVAILABLE',
          `The channel gave no answer about recharge ${id} (attempt ${attempt.id}): try again`,
        );
      }
    }
  }

  private async find(merchantId: string, id: string): Promise<payment.Recharge> {
    const row = await this.orders.findById(id);
    if (row?.merchant_id !== merchantId)
      throw new DomainError('RECHARGE_NOT_FOUND', `There is no recharge ${id}`);
    return rechargeOf(row);
  }
}
