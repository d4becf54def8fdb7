import { feeOf, microsToYuanExact } from '#libs/money';
import { ChannelError } from '../channel-error.js';
import type {
  ChannelCapabilities,
  ChannelTrade,
  NotifyReply,
  NotifyVerdict,
  PayCredential,
  PaymentChannel,
  PrepayRequest,
  RawNotify,
} from '../payment-channel.js';
import { readAlipayNotify } from './alipay-notify.js';
import { type AlipayReply, errorOf, isSuccess, tradeOf } from './alipay-replies.js';
import { type AlipaySettings, checkAlipayKeys } from './alipay-settings.js';
import { toBeijingTime } from './beijing-time.js';
import { VerifyingAlipaySdk } from './verifying-alipay-sdk.js';

const DEFAULT_TIMEOUT_MS = 5_000;

/** The methods that only sign: what the buyer's browser opens. */
const PAGES = {
  page: { method: 'alipay.trade.page.pay', productCode: 'FAST_INSTANT_TRADE_PAY' },
  wap: { method: 'alipay.trade.wap.pay', productCode: 'QUICK_WAP_WAY' },
} as const;

/**
 * Alipay's OpenAPI through the official SDK, with its traps closed: replies are always verified, an unsigned error
 * reply is an error and no TypeError, the timestamp is Beijing's whatever this machine's time zone, and pages are
 * opened by GET, since the SDK's form escapes double quotes only.
 */
export class AlipayChannel implements PaymentChannel {
  readonly name = 'alipay';
  readonly capabilities: ChannelCapabilities = {
    methods: { page: { callsChannel: false }, wap: { callsChannel: false }, qr: { callsChannel: true } },
    minAmount: 10_000n,
    maxAmount: 100_000_000n * 1_000_000n,
  };
  readonly notifyAccepted: NotifyReply = { status: 200, contentType: 'text/plain', body: 'success' };

  private readonly sdk: VerifyingAlipaySdk;

  /** @throws BadKeyError when a key can't be used. */
  constructor(private readonly settings: AlipaySettings) {
    const { privateKey, alipayPublicKey } = checkAlipayKeys(settings);
    this.sdk = new VerifyingAlipaySdk({
      appId: settings.appId,
      gateway: settings.gatewayUrl,
      keyType: 'PKCS8',
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      alipayPublicKey: alipayPublicKey.export({ type: 'spki', format: 'pem' }).toString(),
      timeout: settings.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    });
  }

  async prepay(request: PrepayRequest): Promise<PayCredential> {
    const bizContent = {
      out_trade_no: request.outTradeNo,
      total_amount: microsToYuanExact(request.amount),
      subject: request.subject,
      time_expire: toBeijingTime(request.expiresAt),
    };
    if (request.method === 'page' || request.method === 'wap') {
      const page = PAGES[request.method];
      const payUrl = this.sdk.pageExecute(page.method, 'GET', {
        timestamp: toBeijingTime(new Date()),
        notify_url: request.notifyUrl,
        return_url: request.returnUrl,
        biz_content: { ...bizContent, product_code: page.productCode },
      });
      return { payUrl, codeUrl: null };
    }
    const reply = await this.call('alipay.trade.precreate', bizContent, request.notifyUrl);
    if (typeof reply['qrCode'] !== 'string') {
      throw new ChannelError('UNKNOWN', 'MALFORMED_REPLY', "Alipay's answer to precreate has no qr_code");
    }
    return { payUrl: null, codeUrl: reply['qrCode'] };
  }

  async query(outTradeNo: string): Promise<ChannelTrade> {
    try {
      const reply = await this.call('alipay.trade.query', { out_trade_no: outTradeNo });
      return tradeOf({
        tradeStatus: reply['tradeStatus'],
        tradeNo: reply['tradeNo'],
        totalAmount: reply['totalAmount'],
        paidAt: reply['sendPayDate'],
      });
    } catch (error) {
      if (ChannelError.is(error) && error.channelCode === 'ACQ.TRADE_NOT_EXIST')
        return { state: 'NOT_FOUND' };
      throw error;
    }
  }

  async close(outTradeNo: string): Promise<ChannelTrade> {
    try {
      await this.call('alipay.trade.close', { out_trade_no: outTradeNo });
      return { state: 'CLOSED' };
    } catch (error) {
      if (!ChannelError.is(error, 'REFUSED')) throw error;
      if (error.channelCode === 'ACQ.TRADE_NOT_EXIST') return { state: 'NOT_FOUND' };
      // Refused because it is in some final state already: which one decides whether a buyer has paid.
      return this.query(outTradeNo);
    }
  }

  verifyNotify(notify: RawNotify): NotifyVerdict {
    return readAlipayNotify(notify, {
      appId: this.settings.appId,
      sellerId: this.settings.sellerId,
      // V2 leaves the decoded values alone; the first version decodes twice and throws on a `%`.
      verify: (fields) => this.sdk.checkNotifySignV2(fields),
    });
  }

  notifyRefused(message: string): NotifyReply {
    return { status: 400, contentType: 'text/plain', body: `fail: ${message}` };
  }

  feeOf(amount: bigint): bigint {
    return feeOf(amount, this.settings.feeBps);
  }

  /** One call of the OpenAPI whose reply is proven to be Alipay's, is about this trade, and says 10000. */
  private async call(
    method: string,
    bizContent: { readonly out_trade_no: string },
    notifyUrl?: string,
  ): Promise<AlipayReply> {
    let reply: AlipayReply;
    try {
      const answer: unknown = await this.sdk.exec(
        method,
        {
          timestamp: toBeijingTime(new Date()),
          biz_content: bizContent,
          ...(notifyUrl === undefined ? {} : { notify_url: notifyUrl }),
        },
        { validateSign: true },
      );
      reply = answer as AlipayReply;
    } catch (error) {
      if (ChannelError.is(error)) throw error;
      // The SDK tells a broken connection, a status of 5xx and a reply that can't be read apart by their text only; for
      // the caller they are all the same: nobody knows what happened.
      throw new ChannelError('UNKNOWN', 'NO_ANSWER', `No usable answer to ${method} from Alipay`, {
        cause: error,
      });
    }
    if (!isSuccess(reply)) throw errorOf(method, reply);
    if (reply['outTradeNo'] !== bizContent.out_trade_no) {
      throw new ChannelError(
        'UNTRUSTED',
        'OTHER_TRADE',
        `The answer to ${method} is about another trade than ${bizContent.out_trade_no}`,
      );
    }
    return reply;
  }
}
