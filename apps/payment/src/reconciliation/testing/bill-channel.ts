import { ChannelError, type BillLine, type ChannelTrade, type PaymentChannel } from '#libs/payments';

export type Bill = readonly BillLine[] | (() => Iterable<BillLine>);

/** A channel that knows bills and trades as a test tells it, and nothing else. */
export class BillChannel implements PaymentChannel {
  readonly name = 'alipay';
  readonly transfers = null;
  readonly accountId: string;
  readonly capabilities = { methods: {}, minAmount: 10_000n, maxAmount: 50_000_000_000n };
  readonly notifyAccepted = { status: 200, contentType: 'text/plain', body: 'success' };
  readonly bills = new Map<string, Bill>();
  readonly trades = new Map<string, ChannelTrade>();
  /** Which trades were asked about. */
  readonly asked: string[] = [];
  isSilent = false;

  constructor(accountId = 'alipay-main') {
    this.accountId = accountId;
  }

  query(outTradeNo: string): Promise<ChannelTrade> {
    this.asked.push(outTradeNo);
    if (this.isSilent) return Promise.reject(new ChannelError('UNKNOWN', 'TIMEOUT', 'the channel is silent'));
    return Promise.resolve(this.trades.get(outTradeNo) ?? { state: 'NOT_FOUND' });
  }

  async *downloadBill(billDate: string): AsyncIterable<BillLine> {
    const bill = this.bills.get(billDate);
    if (!bill)
      throw new ChannelError('NOT_DONE', 'BILL_NOT_READY', `The bill of ${billDate} is not written yet`);
    await Promise.resolve();
    yield* typeof bill === 'function' ? bill() : bill;
  }

  feeOf(amount: bigint): bigint {
    return (amount * 60n) / 10_000n;
  }

  notifyRefused(message: string) {
    return { status: 400, contentType: 'text/plain', body: message };
  }

  prepay = unused;
  close = unused;
  refund = unused;
  queryRefund = unused;
  verifyNotify = (): never => {
    throw new Error('Nobody notifies here');
  };
}

function unused(): Promise<never> {
  return Promise.reject(new Error('Reconciliation does not do that'));
}
