import { Injectable } from '@nestjs/common';
import type { ChannelRefund } from '#libs/payments';
import { Log } from '#libs/service';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { RefundProgress } from './refund-progress.js';
import { RefundRepository } from './refund.repository.js';

/** A channel tells that something happened to a refund. */
@Injectable()
export class RefundNotices {
  constructor(
    private readonly refunds: RefundRepository,
    private readonly archive: ArchiveRepository,
    private readonly progress: RefundProgress,
    private readonly log: Log,
  ) {}

  /** @returns false when there is no such refund here. */
  async receive(outRefundNo: string, answer: ChannelRefund, mismatches: readonly string[]): Promise<boolean> {
    const live = await this.refunds.findById(outRefundNo);
    const refund =
      live ?? ((await this.archive.restoreOf(outRefundNo)) ? await this.refunds.findById(outRefundNo) : null);
    if (!refund) return false;
    if (mismatches.length > 0) {
      // Not about our account: heard, and not believed. The query ladder asks the account that it was sent to.
      this.log.error({ refundId: refund.id, mismatches }, 'notify about a refund of another account');
      return true;
    }
    // Alipay's notify names the refund and not what became of it.
    if (answer.state === 'PROCESSING') await this.refunds.askSoon(refund.id);
    else if (refund.state === 'PROCESSING') await this.progress.hear(refund, answer);
    return true;
  }
}
