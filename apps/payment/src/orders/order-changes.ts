import { Injectable } from '@nestjs/common';
import { payment } from '#libs/contracts';
import { Log } from '#libs/service';
import { EventPublisher } from '#libs/transport';
import { OrderCache } from './order-cache.js';

/** What is due after an order has changed and the change is committed. */
@Injectable()
export class OrderChanges {
  constructor(
    private readonly cache: OrderCache,
    private readonly events: EventPublisher,
    private readonly log: Log,
  ) {}

  /** Never fails: the change stands, and neither an old cache entry nor a page that waits is worth an error. */
  async changed(orderId: string, merchantId: string, state: payment.OrderState): Promise<void> {
    const results = await Promise.allSettled([
      this.cache.invalidate(orderId),
      this.events.publish(payment.orderChanged, { orderId, merchantId, state }),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') {
        this.log.warn(
          { orderId, err: result.reason as unknown },
          'order changed, but not everybody could be told',
        );
      }
    }
  }
}
