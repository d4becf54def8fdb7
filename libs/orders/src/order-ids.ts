import { type IdGenerator, geneOf } from '#libs/ids';
import { geneOfMerchant } from './gene.js';

/** Ids of orders and of what belongs to them: each leads to the table by itself. */
export class OrderIds {
  constructor(private readonly generator: IdGenerator) {}

  orderId(merchantId: string): string {
    return this.generator.nextId(geneOfMerchant(merchantId));
  }

  /** On the same table as its order. */
  attemptId(orderId: string): string {
    return this.generator.nextId(geneOf(orderId));
  }
}
