import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { payment } from '#libs/contracts';
import { driver } from '../channel-driver.js';
import { ChannelError } from '../channel-error.js';
import type {
  BillLine,
  ChannelRefund,
  ChannelTrade,
  NotifyVerdict,
  PayCredential,
  PaymentChannel,
  PrepayRequest,
  RawNotify,
  RefundRequest,
} from '../payment-channel.js';

// A channel of the platform has its name in the contracts' list of channels; this one exists in its test only.
const NAME = 'cash-desk' as string as payment.ChannelName;
const FEN = 10_000n;

interface Trade {
  readonly amount: bigint;
  state: 'WAITING' | 'PAID' | 'CLOSED';
  paidAt: Date;
  readonly refunds: Map<string, bigint>;
}

const notifyBody = z.strictObject({ desk: z.string(), outTradeNo: z.string() });

/** The smallest channel there can be: a desk that takes cash, in memory. It proves what a new channel needs. */
export class CashDesk implements PaymentChannel {
  readonly name = NAME;
  readonly capabilities = {
    methods: { qr: { callsChannel: true } },
    minAmount: FEN,
    maxAmount: 1_000_000n * 1_000_000n,
  };
  readonly transfers = null;
  readonly notifyAccepted = { status: 204, contentType: 'text/plain', body: '' };
  /** What the desk itself knows; a real channel has this on its own side of the network. */
  readonly trades = new Map<string, Trade>();

  constructor(
    readonly accountId: string,
    private readonly secret: string,
  ) {}

  async prepay({ outTradeNo, amount }: PrepayRequest): Promise<PayCredential> {
    if (amount % FEN !== 0n)
      throw new ChannelError('REFUSED', 'AMOUNT', 'There is no coin of less than a fen');
    if (!this.trades.has(outTradeNo)) {
      this.trades.set(outTradeNo, { amount, state: 'WAITING', paidAt: new Date(0), refunds: new Map() });
    }
    return { payUrl: null, codeUrl: `cash-desk:${outTradeNo}`, jsapiParameters: null };
  }

  async query(outTradeNo: string): Promise<ChannelTrade> {
    const trade = this.trades.get(outTradeNo);
    if (!trade) return { state: 'NOT_FOUND' };
    if (trade.state !== 'PAID') return { state: trade.state };
    return {
      state: 'PAID',
      channelTradeNo: `desk-${outTradeNo}`,
      amount: trade.amount,
      paidAt: trade.paidAt,
    };
  }

  async close(outTradeNo: string): Promise<ChannelTrade> {
    const trade = this.trades.get(outTradeNo);
    if (trade?.state === 'WAITING') trade.state = 'CLOSED';
    return this.query(outTradeNo);
  }

  async refund({ outTradeNo, outRefundNo, amount }: RefundRequest): Promise<ChannelRefund> {
    const trade = this.trades.get(outTradeNo);
    const given = [...(trade?.refunds.values() ?? [])].reduce((sum, part) => sum + part, 0n);
    if (trade?.refunds.has(outRefundNo)) return this.queryRefund({ outTradeNo, outRefundNo });
    if (trade?.state !== 'PAID' || given + amount > trade.amount) {
      return { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL', message: 'The desk never took so much' };
    }
    trade.refunds.set(outRefundNo, amount);
    return this.queryRefund({ outTradeNo, outRefundNo });
  }

  async queryRefund({
    outTradeNo,
    outRefundNo,
  }: Pick<RefundRequest, 'outTradeNo' | 'outRefundNo'>): Promise<ChannelRefund> {
    const trade = this.trades.get(outTradeNo);
    const amount = trade?.refunds.get(outRefundNo);
    if (!trade || amount === undefined) return { state: 'NOT_FOUND' };
    return { state: 'SUCCEEDED', channelRefundNo: null, amount, refundedAt: trade.paidAt };
  }

  async *downloadBill(): AsyncGenerator<BillLine> {
    for (const [outTradeNo, { amount, state, paidAt, refunds }] of this.trades) {
      if (state !== 'PAID') continue;
      const trade = { outTradeNo, channelTradeNo: `desk-${outTradeNo}`, channelRefundNo: null, at: paidAt };
      yield {
        ...trade,
        kind: 'payment',
        outRefundNo: null,
        amount,
        fee: this.feeOf(amount),
        status: 'taken',
      };
      for (const [outRefundNo, part] of refunds) {
        yield { ...trade, kind: 'refund', outRefundNo, amount: part, fee: 0n, status: 'given' };
      }
    }
  }

  verifyNotify({ headers, body }: RawNotify): NotifyVerdict {
    const refused = { accepted: false, claimedOutTradeNo: null } as const;
    const signature = Buffer.from(headers['x-signature'] ?? '', 'hex');
    const expected = this.sign(body);
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      return { ...refused, reason: 'BAD_SIGNATURE', message: "The notify is not the desk's" };
    }
    const { data } = notifyBody.safeParse(JSON.parse(body.toString('utf8')));
    const trade = data && this.trades.get(data.outTradeNo);
    if (!trade) return { ...refused, reason: 'MALFORMED', message: 'The notify names no trade' };
    return {
      accepted: true,
      about: 'trade',
      outTradeNo: data.outTradeNo,
      trade: {
        state: 'PAID',
        channelTradeNo: `desk-${data.outTradeNo}`,
        amount: trade.amount,
        paidAt: trade.paidAt,
      },
      mismatches: data.desk === this.accountId ? [] : [`desk is ${data.desk}, ours is ${this.accountId}`],
    };
  }

  notifyRefused(message: string) {
    return { status: 400, contentType: 'text/plain', body: message };
  }

  feeOf(_amount: bigint): bigint {
    return 0n;
  }

  /** The channel's half: what the desk signs its notifies with. */
  sign(body: Buffer): Buffer {
    return createHmac('sha256', this.secret).update(body).digest();
  }
}

export const cashDeskDriver = driver({
  name: NAME,
  settings: z.strictObject({ secretFile: z.string().min(1) }),
  open: ({ secretFile }, { accountId, readFile }) =>
    new CashDesk(accountId, readFile(secretFile, 'secretFile').trim()),
});
