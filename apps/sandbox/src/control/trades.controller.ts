import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Buyer } from '../buyer/buyer.js';
import { Channels } from '../channel/channels.js';
import { Faults } from '../faults/faults.js';
import { Journal } from '../journal/journal.js';
import { NotifyQueue } from '../notify/notify-queue.js';
import { NotifySender } from '../notify/notify-sender.js';
import { RefundBook } from '../refund/refund-book.js';
import { QrCodes } from '../trade/qr-codes.js';
import { TradeBook } from '../trade/trade-book.js';
import type { ChannelName, Trade } from '../trade/trade.js';
import { Problem } from './problem.js';
import * as schemas from './schemas.js';
import { qrCodeView, tradeView } from './trade-view.js';

/** Tests and demos pay, look and make trouble here. It asks for no key: the sandbox is reachable for developers only. */
@Controller('control/trades')
export class TradesController {
  constructor(
    private readonly book: TradeBook,
    private readonly qrCodes: QrCodes,
    private readonly buyer: Buyer,
    private readonly notifies: NotifyQueue,
    private readonly sender: NotifySender,
    private readonly faults: Faults,
    private readonly channels: Channels,
    private readonly journal: Journal,
    private readonly refunds: RefundBook,
  ) {}

  @Get()
  list(@Query({ schema: schemas.listSchema }) query: schemas.ListQuery) {
    const trades = this.book.list({
      limit: query.limit + 1,
      ...(query.status === undefined ? {} : { state: query.status }),
      ...(query.channel === undefined ? {} : { channel: query.channel }),
      ...(query.cursor === undefined ? {} : { before: query.cursor }),
    });
    const page = trades.slice(0, query.limit);
    const hasMore = trades.length > query.limit;
    return {
      items: page.map((trade) => this.view(trade)),
      nextCursor: hasMore ? String(page.at(-1)?.sequence) : null,
    };
  }

  @Get(':outTradeNo')
  show(@Param('outTradeNo') outTradeNo: string) {
    const trade = this.find(outTradeNo);
    if (trade) return this.view(trade);
    const qrCode = this.findQrCode(outTradeNo);
    if (qrCode) return qrCodeView(qrCode, this.faults.orderedFor(outTradeNo));
    throw unknownTrade(outTradeNo);
  }

  @Post(':outTradeNo/pay')
  @HttpCode(200)
  async pay(
    @Param('outTradeNo') outTradeNo: string,
    @Body({ schema: schemas.paySchema }) body: schemas.PayBody,
  ) {
    const trade = this.find(outTradeNo) ?? (await this.openAsBuyer(outTradeNo, body.payUrl));
    const outcome = this.buyer.pay(trade, {
      notify: body.notify,
      finished: body.finished,
      ...(body.amount === undefined ? {} : { amountFen: body.amount }),
      ...(body.delayMs === undefined ? {} : { delayMs: body.delayMs }),
      ...(body.paidAt === undefined ? {} : { paidAt: body.paidAt }),
    });
    if (outcome === 'already-paid') {
      throw new Problem(
        'TRADE_ALREADY_PAID',
        `The trade ${outTradeNo} is paid; nobody pays twice for one trade`,
      );
    }
    if (outcome === 'closed') {
      throw new Problem(
        'TRADE_CLOSED',
        `The trade ${outTradeNo} is closed (${trade.closedBy}); order the fault paidAfterClose to pay it all the same`,
      );
    }
    await this.journal.flush();
    return this.view(trade);
  }

  /** Sends notifies of one's own making at once, and tells how each was answered. They are no part of any ladder. */
  @Post(':outTradeNo/notifies')
  @HttpCode(200)
  async notify(
    @Param('outTradeNo') outTradeNo: string,
    @Body({ schema: schemas.notifySchema }) body: schemas.NotifyBody,
  ) {
    const trade = this.find(outTradeNo);
    if (trade === undefined) throw unknownTrade(outTradeNo);
    const { notify } = this.channels.of(trade.channel);
    const job = {
      notifyId: notify.newNotifyId(Date.now()),
      event: trade.state,
      tampered: false,
      ...(body.outRefundNo === undefined ? {} : { outRefundNo: body.outRefundNo }),
    };
    if (body.malform !== undefined && !notify.malformations?.includes(body.malform)) {
      throw new Problem('VALIDATION_FAILED', 'Look at: malform', [
        { field: 'malform', message: `is nothing that a notify of ${trade.channel} can be` },
      ]);
    }
    const message = await notify.compose(job, trade, {
      fields: body.fields,
      signature: body.signature,
      ...(body.malform === undefined ? {} : { malform: body.malform }),
    });
    if (message === undefined) {
      throw new Problem('NO_NOTIFY_URL', `The trade ${outTradeNo} was opened without a notify_url`);
    }
    const deliveries = await Promise.all(Array.from({ length: body.count }, () => this.sender.send(message)));
    return {
      notifyId: job.notifyId,
      deliveries: deliveries.map((delivery) => ({
        ...delivery,
        at: new Date(delivery.at).toISOString(),
        accepted: notify.isAccepted(delivery),
      })),
    };
  }

  @Post(':outTradeNo/faults')
  @HttpCode(200)
  async orderFaults(
    @Param('outTradeNo') outTradeNo: string,
    @Body({ schema: schemas.tradeFaultsSchema }) body: schemas.TradeFaultsBody,
  ) {
    const ordered = this.faults.order(outTradeNo, body.faults);
    await this.journal.flush();
    return { outTradeNo, faults: ordered };
  }

  /** What a person does before paying: follows the payment URL, or scans the code that was given out. */
  private async openAsBuyer(outTradeNo: string, payUrl: string | undefined): Promise<Trade> {
    const qrCode = this.findQrCode(outTradeNo);
    if (qrCode) {
      const opened = this.qrCodes.scan(qrCode);
      if (opened.outcome !== 'expired') return opened.trade;
      throw new Problem('TRADE_CLOSED', `The code of ${outTradeNo} has expired without being scanned`);
    }
    if (payUrl === undefined) throw unknownTrade(outTradeNo);
    for (const channel of this.channels.all()) {
      const opened = await channel.openPayUrl(new URL(payUrl));
      if (opened === undefined) continue;
      if ('reason' in opened) throw refusedPayUrl(`${opened.code}: ${opened.reason}`);
      if (opened.outTradeNo === outTradeNo) return opened;
      throw refusedPayUrl(`it opens the trade ${opened.outTradeNo}, not ${outTradeNo}`);
    }
    throw refusedPayUrl('it is no payment URL of any channel here');
  }

  private view(trade: Trade) {
    const faults = this.faults.orderedFor(trade.outTradeNo);
    return tradeView(trade, this.notifies.jobsOf(trade), faults, this.refunds.of(trade));
  }

  /** The merchant's numbers are unique over all channels: an attempt goes to one. */
  private find(outTradeNo: string): Trade | undefined {
    return this.first((channel) => this.book.find(channel, outTradeNo));
  }

  private findQrCode(outTradeNo: string) {
    return this.first((channel) => this.qrCodes.find(channel, outTradeNo));
  }

  private first<Found>(look: (channel: ChannelName) => Found | undefined): Found | undefined {
    for (const channel of this.channels.all()) {
      const found = look(channel.name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function unknownTrade(outTradeNo: string): Problem {
  return new Problem(
    'TRADE_NOT_FOUND',
    `No channel here knows the trade ${outTradeNo}: open its payUrl first (a page payment begins when the buyer follows the ` +
      `URL), or send the payUrl along with the payment`,
  );
}

function refusedPayUrl(why: string): Problem {
  return new Problem('PAY_URL_REFUSED', `The payUrl can't be opened: ${why}`, [
    { field: 'payUrl', message: why },
  ]);
}
