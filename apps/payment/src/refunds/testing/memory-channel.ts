import {
  type BillLine,
  ChannelError,
  type ChannelRefund,
  type ChannelTrade,
  type NotifyVerdict,
  type PayCredential,
  type PaymentChannel,
  type RefundRequest,
} from '#libs/payments';

/** What befalls the next refund that is sent. */
export type RefundFault =
  /** Done, and the answer is lost. */
  | 'LOST_ANSWER'
  /** Never arrived, which looks the same from outside. */
  | 'LOST_REQUEST'
  | 'BUSY'
  | 'SHORT_OF_FUNDS'
  /** Taken and not decided yet, as Alipay's `fund_change=N` and WeChat's PROCESSING. */
  | 'UNDECIDED'
  | 'ABNORMAL'
  | 'TOO_OLD'
  | 'REFUSED'
  /** Gives back another amount than it was asked for. */
  | 'OTHER_AMOUNT';

interface Booked {
  readonly outTradeNo: string;
  readonly amount: bigint;
  state: 'DONE' | 'UNDECIDED' | 'ABNORMAL';
}

/** A channel that gives money back by a book in memory: once per number, and never more than a trade was paid with. */
export class MemoryChannel implements PaymentChannel {
  readonly name = 'alipay';
  readonly transfers = null;
  readonly accountId = 'alipay-main';
  readonly capabilities = { methods: {}, minAmount: 10_000n, maxAmount: 10n ** 15n };
  readonly notifyAccepted = { status: 200, contentType: 'text/plain', body: 'success' };
  readonly faults: RefundFault[] = [];
  /** No question is answered. */
  isSilent = false;
  /** How often it was asked to give back, by the refund's number. */
  readonly sent = new Map<string, number>();
  private readonly book = new Map<string, Booked>();

  /** What a trade's buyer has been given back. */
  givenBack(outTradeNo: string): bigint {
    return [...this.book.values()]
      .filter((booked) => booked.outTradeNo === outTradeNo && booked.state === 'DONE')
      .reduce((sum, { amount }) => sum + amount, 0n);
  }

  /** Somebody at the channel has dealt with it. */
  finish(outRefundNo: string): void {
    const booked = this.book.get(outRefundNo);
    if (!booked) throw new Error(`The channel knows no refund ${outRefundNo}`);
    booked.state = 'DONE';
  }

  async refund(request: RefundRequest): Promise<ChannelRefund> {
    this.sent.set(request.outRefundNo, (this.sent.get(request.outRefundNo) ?? 0) + 1);
    const fault = this.faults.shift();
    if (fault === 'LOST_REQUEST') throw new ChannelError('UNKNOWN', 'TIMEOUT', 'no answer');
    if (fault === 'BUSY') throw new ChannelError('NOT_DONE', 'isp.busy', 'busy');
    if (fault === 'REFUSED') throw new ChannelError('REFUSED', 'INVALID_PARAMETER', 'not like this');
    if (fault === 'SHORT_OF_FUNDS') return { state: 'SHORT_OF_FUNDS', message: 'the account is empty' };
    if (fault === 'TOO_OLD') return { state: 'FAILED', problem: 'TOO_OLD', message: 'over a year old' };
    this.enter(request, fault);
    if (fault === 'LOST_ANSWER') throw new ChannelError('UNKNOWN', 'TIMEOUT', 'no answer');
    return this.queryRefund(request);
  }

  private enter({ outTradeNo, outRefundNo, amount, totalAmount }: RefundRequest, fault?: RefundFault): void {
    const known = this.book.get(outRefundNo);
    if (known && known.amount !== amount)
      throw new ChannelError('REFUSED', 'NUMBER_REUSED', 'another amount under one number');
    if (known) return;
    const promised = [...this.book.values()].filter((booked) => booked.outTradeNo === outTradeNo);
    if (promised.reduce((sum, booked) => sum + booked.amount, amount) > totalAmount)
      throw new ChannelError('REFUSED', 'EXCEEDS_TRADE', 'more than was paid');
    this.book.set(outRefundNo, {
      outTradeNo,
      amount: fault === 'OTHER_AMOUNT' ? amount - 10_000n : amount,
      state: fault === 'UNDECIDED' || fault === 'ABNORMAL' ? fault : 'DONE',
    });
  }

  async queryRefund({ outRefundNo }: Pick<RefundRequest, 'outRefundNo'>): Promise<ChannelRefund> {
    if (this.isSilent) throw new ChannelError('UNKNOWN', 'TIMEOUT', 'no answer');
    const booked = this.book.get(outRefundNo);
    if (!booked) return { state: 'NOT_FOUND' };
    if (booked.state === 'UNDECIDED') return { state: 'PROCESSING' };
    if (booked.state === 'ABNORMAL') return { state: 'ABNORMAL', message: 'the card is closed' };
    return {
      state: 'SUCCEEDED',
      channelRefundNo: `R${outRefundNo}`,
      amount: booked.amount,
      refundedAt: new Date('2026-11-20T04:05:06.000Z'),
    };
  }

  prepay(): Promise<PayCredential> {
    throw new Error('Nobody pays in these tests');
  }
  query(): Promise<ChannelTrade> {
    return Promise.resolve({ state: 'NOT_FOUND' });
  }
  close(): Promise<ChannelTrade> {
    return Promise.resolve({ state: 'CLOSED' });
  }
  async *downloadBill(): AsyncIterable<BillLine> {
    // Nothing was traded on any day.
  }
  verifyNotify(): NotifyVerdict {
    return { accepted: false, reason: 'MALFORMED', message: 'not ours', claimedOutTradeNo: null };
  }
  notifyRefused(message: string) {
    return { status: 500, contentType: 'text/plain', body: message };
  }
  feeOf(): bigint {
    return 0n;
  }
}
