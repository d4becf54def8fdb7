import { Controller } from '@nestjs/common';
import {
  DomainError,
  type PayloadOf,
  type RequestOf,
  type ResponseOf,
  payment,
  wallet,
} from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { OnEvent, Rpc, contextHeaders } from '#libs/transport';
import { LedgerService } from '../ledger/ledger.service.js';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import { unownedRefund } from '../unowned/unowned-refund.recipe.js';
import { refundHold } from './refund-hold.recipe.js';
import { refundReleased } from './refund-release.recipe.js';
import { refundTaken } from './refund.recipe.js';

@Controller()
export class RefundController {
  constructor(
    private readonly ledger: LedgerService,
    private readonly postings: PostingAnnouncer,
    private readonly transfers: TransferRepository,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Before the channel is asked. The same refund gets the same answer again, also when it was a refusal. */
  @Rpc(wallet.holdRefund)
  async hold(wish: RequestOf<typeof wallet.holdRefund>): Promise<ResponseOf<typeof wallet.holdRefund>> {
    const outcome = await this.ledger.post(refundHold(wish, contextHeaders()));
    if (outcome.status === 'posted') return { transferId: outcome.transferId };
    throw new DomainError(
      outcome.code === 'ACCOUNT_FROZEN' ? 'ACCOUNT_FROZEN' : 'INSUFFICIENT_FUNDS',
      `The wallet has too little for refund ${wish.refundId} of recharge ${wish.orderId}`,
    );
  }

  /** A refund has ended at the channel. Comes again until payment has seen `transfer.posted`. */
  @OnEvent(payment.refundSettled)
  async settle(settled: PayloadOf<typeof payment.refundSettled>): Promise<void> {
    const what = `Refund ${settled.refundId} has ${settled.outcome === 'SUCCEEDED' ? 'succeeded' : 'failed'}`;
    if (settled.kind !== 'merchant') {
      // A buyer's own money, never in a wallet: when it is not given back, it stays where it is.
      if (settled.outcome === 'SUCCEEDED')
        await this.postings.post(unownedRefund(settled, contextHeaders()), what);
      return;
    }
    const held = await this.transfers.findPosted(this.database, refundHold.scope, settled.refundId);
    if (!held) {
      if (settled.outcome === 'SUCCEEDED') throw new Error(`${what}, and nothing was held for it`);
      this.log.info({ refundId: settled.refundId }, 'a refund failed for which nothing was held');
      return;
    }
    const recipe = settled.outcome === 'SUCCEEDED' ? refundTaken : refundReleased;
    await this.postings.post(recipe({ settled, entries: held.entries }, contextHeaders()), what);
  }
}
