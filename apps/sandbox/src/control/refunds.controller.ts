import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { Channels } from '../channel/channels.js';
import { Journal } from '../journal/journal.js';
import { RefundBook } from '../refund/refund-book.js';
import type { Refund } from '../refund/refund.js';
import { Problem } from './problem.js';
import { refundView } from './refund-view.js';

const settleSchema = z.strictObject({
  state: z.enum(['SUCCEEDED', 'ABNORMAL', 'CLOSED']).default('SUCCEEDED'),
  /** When the channel says that it was asked for, which is the day of its bill; when it really was unless told. */
  requestedAt: z.iso.datetime({ offset: true }).transform(Date.parse).optional(),
});

/** Tests look at refunds here, and end those that stay in process. */
@Controller('control/refunds')
export class RefundsController {
  constructor(
    private readonly refunds: RefundBook,
    private readonly channels: Channels,
    private readonly journal: Journal,
  ) {}

  @Get(':outRefundNo')
  show(@Param('outRefundNo') outRefundNo: string) {
    return refundView(this.find(outRefundNo));
  }

  @Post(':outRefundNo/settle')
  @HttpCode(200)
  async settle(
    @Param('outRefundNo') outRefundNo: string,
    @Body({ schema: settleSchema }) body: z.output<typeof settleSchema>,
  ) {
    const refund = this.find(outRefundNo);
    if (!this.refunds.settle(refund, body.state, body.requestedAt)) {
      throw new Problem('REFUND_SETTLED', `The refund ${outRefundNo} has ended already: ${refund.state}`);
    }
    await this.journal.flush();
    return refundView(refund);
  }

  /** The merchant's numbers are unique over all channels. */
  private find(outRefundNo: string): Refund {
    for (const channel of this.channels.all()) {
      const found = this.refunds.find(channel.name, outRefundNo);
      if (found !== undefined) return found;
    }
    throw new Problem('REFUND_NOT_FOUND', `No channel here knows the refund ${outRefundNo}`);
  }
}
