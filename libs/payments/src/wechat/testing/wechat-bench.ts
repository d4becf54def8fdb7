import type { ChannelBench, TradeNumbers, Trouble } from '../../conformance/index.js';
import type { RawNotify } from '../../payment-channel.js';
import { WechatChannel } from '../wechat-channel.js';
import type { NotifyChanges, SmallWechat } from './small-wechat.js';
import { type CounterTrouble, WechatCounter } from './wechat-counter.js';
import { WechatTransferDesk } from './wechat-transfer-desk.js';

const TROUBLE: Readonly<Record<Trouble, CounterTrouble>> = {
  'refunds stay in process': 'in process',
  'refunds are abnormal': 'abnormal',
  'our account is short of funds': 'short of funds',
  'no answer after the work': 'no answer',
  overloaded: 'too many',
  'the bill is not ready': 'bill in the making',
};
const STALE_SECONDS = 301;

/** A buyer and a merchant at a `SmallWechat`. */
export class WechatBench implements ChannelBench {
  readonly channel: WechatChannel;
  readonly counter: WechatCounter;
  readonly transfers: WechatTransferDesk;
  private last = 1_234_567_890_000;

  constructor(private readonly wechat: SmallWechat) {
    this.counter = new WechatCounter(wechat);
    this.transfers = new WechatTransferDesk(wechat);
    wechat.desk = (call) =>
      call.url.pathname.startsWith('/v3/fund-app/') ? this.transfers.desk(call) : this.counter.desk(call);
    this.channel = new WechatChannel(wechat.settings({ timeoutMs: 500 }));
  }

  newNumber(): string {
    this.last += 1;
    return String(this.last);
  }

  async open(): Promise<void> {
    // WeChat Pay knows a trade as soon as it is prepaid.
  }

  async pay(outTradeNo: string): Promise<void> {
    this.counter.pay(outTradeNo);
  }

  async make(trouble: Trouble, number: string): Promise<() => Promise<void>> {
    this.counter.trouble.set(number, TROUBLE[trouble]);
    return async () => {
      this.counter.trouble.delete(number);
      for (const refund of this.counter.trades.get(number)?.refunds.values() ?? []) {
        if (refund.status === 'PROCESSING') refund.status = 'SUCCESS';
      }
    };
  }

  tradeNotify = async (outTradeNo: string) => this.notifyOf(outTradeNo);
  notifyForAnother = async (outTradeNo: string) => this.notifyOf(outTradeNo, { appid: 'wx9', mchid: '19' });
  staleNotify = async (outTradeNo: string) => this.notifyOf(outTradeNo, {}, { ageSeconds: STALE_SECONDS });

  async refundNotify({ outTradeNo, outRefundNo }: TradeNumbers): Promise<RawNotify> {
    const trade = this.tradeOf(outTradeNo);
    const refund = trade.refunds.get(outRefundNo);
    if (!refund) throw new Error(`There is no refund ${outRefundNo}`);
    const { status, ...content } = this.counter.refund(trade, refund) as Record<string, unknown>;
    return this.wechat.notify(`REFUND.${String(status)}`, {
      ...content,
      mchid: this.wechat.mchid,
      refund_status: status,
    });
  }

  async billOf(made: readonly { outTradeNo: string; outRefundNo?: string }[]): Promise<string> {
    const day = '2026-10-01';
    const lines = made.map(({ outTradeNo, outRefundNo }) => {
      const trade = this.tradeOf(outTradeNo);
      return this.counter.billLine(
        trade,
        outRefundNo === undefined ? undefined : trade.refunds.get(outRefundNo),
      );
    });
    this.counter.bill = { day, lines };
    return day;
  }

  private notifyOf(outTradeNo: string, more: object = {}, changes: NotifyChanges = {}): RawNotify {
    const content = this.counter.transaction(this.tradeOf(outTradeNo), more);
    return this.wechat.notify('TRANSACTION.SUCCESS', content, changes);
  }

  private tradeOf(outTradeNo: string) {
    const trade = this.counter.trades.get(outTradeNo);
    if (!trade) throw new Error(`There is no trade ${outTradeNo}`);
    return trade;
  }
}
