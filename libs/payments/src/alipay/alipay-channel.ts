import { feeOf } from '#libs/money';
import { ChannelError } from '../channel-error.js';
import type { ChannelTransfers } from '../channel-transfers.js';
import type {
  BillLine,
  ChannelCapabilities,
  ChannelRefund,
  ChannelTrade,
  NotifyReply,
  NotifyVerdict,
  PayCredential,
  PaymentChannel,
  PrepayRequest,
  RawNotify,
  RefundRequest,
} from '../payment-channel.js';
import { downloadAlipayBill } from './alipay-bill.js';
import { AlipayGateway } from './alipay-gateway.js';
import { type AlipayKeys, openAlipayKeys } from './alipay-keys.js';
import { readAlipayNotify } from './alipay-notify.js';
import { expectNumber, queryRefundAtAlipay, refundAtAlipay } from './alipay-refunds.js';
import { malformed, tradeOf, yuanOf } from './alipay-replies.js';
import type { AlipaySettings } from './alipay-settings.js';
import { isNotifySignedBy } from './alipay-signature.js';
import { AlipayTransfers } from './alipay-transfers.js';
import { toBeijingTime } from '../beijing-time.js';

/** The methods that only sign: what the buyer's browser opens. */
const PAGES = {
  page: { method: 'alipay.trade.page.pay', productCode: 'FAST_INSTANT_TRADE_PAY' },
  wap: { method: 'alipay.trade.wap.pay', productCode: 'QUICK_WAP_WAY' },
} as const;

const NO_CREDENTIAL: PayCredential = { payUrl: null, codeUrl: null, jsapiParameters: null };

/** One application at Alipay. */
export class AlipayChannel implements PaymentChannel {
  readonly name = 'alipay';
  readonly accountId: string;
  readonly capabilities: ChannelCapabilities = {
    methods: { page: { callsChannel: false }, wap: { callsChannel: false }, qr: { callsChannel: true } },
    minAmount: 10_000n,
    maxAmount: 100_000_000n * 1_000_000n,
  };
  readonly transfers: ChannelTransfers;
  readonly notifyAccepted: NotifyReply = { status: 200, contentType: 'text/plain', body: 'success' };

  private readonly keys: AlipayKeys;
  private readonly gateway: AlipayGateway;

  /** @throws BadKeyError when a key can't be used. */
  constructor(private readonly settings: AlipaySettings) {
    this.accountId = settings.accountId;
    this.keys = openAlipayKeys(settings, `account ${settings.accountId}: `);
    this.gateway = new AlipayGateway(settings, this.keys);
    this.transfers = new AlipayTransfers(this.gateway);
  }

  async prepay(request: PrepayRequest): Promise<PayCredential> {
    const bizContent = {
      out_trade_no: request.outTradeNo,
      total_amount: yuanOf(request.amount),
      subject: request.subject,
      time_expire: toBeijingTime(request.expiresAt),
    };
    switch (request.method) {
      case 'page':
      case 'wap': {
        const { method, productCode } = PAGES[request.method];
        const payUrl = this.gateway.pageUrl(
          method,
          { ...bizContent, product_code: productCode },
          { notify_url: request.notifyUrl, return_url: request.returnUrl },
        );
        return { ...NO_CREDENTIAL, payUrl };
      }
      case 'qr': {
        const extras = { notify_url: request.notifyUrl };
        const reply = await this.gateway.call('alipay.trade.precreate', bizContent, extras);
        expectNumber(reply['out_trade_no'], request.outTradeNo);
        const codeUrl = reply['qr_code'];
        if (typeof codeUrl !== 'string' || codeUrl === '') throw malformed('qr_code');
        return { ...NO_CREDENTIAL, codeUrl };
      }
      default:
        throw new ChannelError('REFUSED', 'METHOD_UNKNOWN', `Alipay has no payment by ${request.method}`);
    }
  }

  async query(outTradeNo: string): Promise<ChannelTrade> {
    try {
      const reply = await this.gateway.call('alipay.trade.query', { out_trade_no: outTradeNo });
      expectNumber(reply['out_trade_no'], outTradeNo);
      return tradeOf({
        tradeStatus: reply['trade_status'],
        tradeNo: reply['trade_no'],
        totalAmount: reply['total_amount'],
        paidAt: reply['send_pay_date'],
      });
    } catch (error) {
      if (ChannelError.is(error) && error.channelCode === 'ACQ.TRADE_NOT_EXIST')
        return { state: 'NOT_FOUND' };
      throw error;
    }
  }

  async close(outTradeNo: string): Promise<ChannelTrade> {
    try {
      const reply = await this.gateway.call('alipay.trade.close', { out_trade_no: outTradeNo });
      expectNumber(reply['out_trade_no'], outTradeNo);
      return { state: 'CLOSED' };
    } catch (error) {
      if (!ChannelError.is(error, 'REFUSED')) throw error;
      if (error.channelCode === 'ACQ.TRADE_NOT_EXIST') return { state: 'NOT_FOUND' };
      // Refused because it is in some final state already: which one decides whether a buyer has paid.
      return this.query(outTradeNo);
    }
  }

  refund(request: RefundRequest): Promise<ChannelRefund> {
    return refundAtAlipay(this.gateway, request);
  }

  queryRefund(numbers: Pick<RefundRequest, 'outTradeNo' | 'outRefundNo'>): Promise<ChannelRefund> {
    return queryRefundAtAlipay(this.gateway, numbers);
  }

  downloadBill(billDate: string): AsyncIterable<BillLine> {
    return downloadAlipayBill(this.gateway, billDate);
  }

  verifyNotify(notify: RawNotify): NotifyVerdict {
    return readAlipayNotify(notify, {
      appId: this.settings.appId,
      sellerId: this.settings.sellerId,
      verify: (fields) => isNotifySignedBy(this.keys.trusted(fields['alipay_cert_sn']), fields),
    });
  }

  notifyRefused(message: string): NotifyReply {
    return { status: 400, contentType: 'text/plain', body: `fail: ${message}` };
  }

  feeOf(amount: bigint): bigint {
    return feeOf(amount, this.settings.feeBasisPoints);
  }
}
