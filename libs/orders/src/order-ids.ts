import { type IdGenerator, geneOf } from '#libs/ids';
import { geneOfMerchant } from './gene.js';

/** Ids of orders and of what belongs to them: each of them leads to the table by itself. 19 digits. */
export class OrderIds {
  constructor(private readonly generator: IdGenerator) {}

  /** @throws IdRefusedError when no id can be issued now; nothing has happened. */
  orderId(merchantId: string): string {
    return this.generator.nextId(geneOfMerchant(merchantId));
  }

  /**
   * For an attempt to pay an order: the channel's `out_trade_no`. In the same table as its order.
   *
   * @throws IdRefusedError when no id can be issued now; nothing has happened.
   */
  attemptId(orderId: string): string {
    return this.generator.nextId(geneOf(orderId));
  }

  /**
   * For a refund of an order: the channel's `out_request_no` or `out_refund_no`. In the same table as its order.
   *
   * @throws IdRefusedError when no id can be issued now; nothing has happened.
   */
  refundId(orderId: string): string {
    return this.generator.nextId(geneOf(orderId));
  }

  /**
   * For what belongs to a merchant but to no order, e.g. a webhook. In the same table as the merchant's orders.
   *
   * @throws IdRefusedError when no id can be issued now; nothing has happened.
   */
  ofMerchant(merchantId: string): string {
    return this.generator.nextId(geneOfMerchant(merchantId));
  }

  /**
   * For what belongs to the platform, e.g. an offer or a reconciliation.
   *
   * @throws IdRefusedError when no id can be issued now; nothing has happened.
   */
  ofPlatform(): string {
    return this.generator.nextId(0);
  }
}
