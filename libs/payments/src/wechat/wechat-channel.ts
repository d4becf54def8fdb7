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
import { downloadWechatBill } from './wechat-bill.js';
import { expectSame, malformed } from './wechat-fields.js';
import { WechatHttp } from './wechat-http.js';
import { type WechatKeys, openWechatKeys } from './wechat-keys.js';
import { readWechatNotify } from './wechat-notify.js';
import { prepayAtWechat } from './wechat-prepay.js';
import { queryRefundAtWechat, refundAtWechat } from './wechat-refunds.js';
import { isTradeUnknown, tradeOf } from './wechat-replies.js';
import type { WechatSettings } from './wechat-settings.js';
import { jsapiParametersOf } from './wechat-signature.js';
import { WechatTransfers } from './wechat-transfers.js';

const CALLS = { callsChannel: true };
const JSON_TYPE = 'application/json';

/** One merchant at WeChat Pay, APIv3. */
export class WechatChannel implements PaymentChannel {
  readonly name = 'wechat';
  readonly accountId: string;
  readonly capabilities: ChannelCapabilities = {
    methods: {
      native: CALLS,
      h5: { ...CALLS, needs: ['payerAddress'] },
      jsapi: { ...CALLS, needs: ['payerOpenId'] },
    },
    minAmount: 10_000n,
    maxAmount: 100_000_000n * 1_000_000n,
  };
  readonly transfers: ChannelTransfers;
  readonly notifyAccepted: NotifyReply = {
    status: 200,
    contentType: JSON_TYPE,
    body: JSON.stringify({ code: 'SUCCESS', message: 'OK' }),
  };

  private readonly keys: WechatKeys;
  private readonly http: WechatHttp;

  /** @throws BadKeyError when a key can't be used. */
  constructor(private readonly settings: WechatSettings) {
    this.accountId = settings.accountId;
    this.keys = openWechatKeys(settings, `account ${settings.accountId}: `, this.now());
    this.http = new WechatHttp(settings, this.keys);
    const { mchid, appid, transferScene: scene } = settings;
    this.transfers = new WechatTransfers(this.http, {
      mchid,
      appid,
      scene,
      sealingKey: () => this.keys.sealingKey(this.now()),
    });
  }

  prepay(request: PrepayRequest): Promise<PayCredential> {
    const { mchid, appid } = this.settings;
    return prepayAtWechat(this.http, request, {
      mchid,
      appid,
      jsapiParameters: (prepayId) => jsapiParametersOf(appid, prepayId, this.keys.privateKey, this.now()),
    });
  }

  async query(outTradeNo: string): Promise<ChannelTrade> {
    const { mchid } = this.settings;
    try {
      const reply = await this.http.get(`${pathOf(outTradeNo)}?mchid=${mchid}`);
      if (!reply) throw malformed('trade_state');
      expectSame(reply, 'out_trade_no', outTradeNo);
      expectSame(reply, 'mchid', mchid);
      return tradeOf(reply);
    } catch (error) {
      if (isTradeUnknown(error)) return { state: 'NOT_FOUND' };
      throw error;
    }
  }

  async close(outTradeNo: string): Promise<ChannelTrade> {
    try {
      await this.http.post(`${pathOf(outTradeNo)}/close`, { mchid: this.settings.mchid });
      return { state: 'CLOSED' };
    } catch (error) {
      if (isTradeUnknown(error)) return { state: 'NOT_FOUND' };
      if (!ChannelError.is(error, 'REFUSED')) throw error;
      // Refused because it is in some final state already: which one decides whether a buyer has paid.
      return this.query(outTradeNo);
    }
  }

  refund(request: RefundRequest): Promise<ChannelRefund> {
    return refundAtWechat(this.http, request);
  }

  queryRefund(numbers: Pick<RefundRequest, 'outTradeNo' | 'outRefundNo'>): Promise<ChannelRefund> {
    return queryRefundAtWechat(this.http, numbers);
  }

  downloadBill(billDate: string): AsyncIterable<BillLine> {
    return downloadWechatBill(this.http, billDate, () => this.now());
  }

  verifyNotify(notify: RawNotify): NotifyVerdict {
    const { mchid, appid } = this.settings;
    return readWechatNotify(notify, { mchid, appid, keys: this.keys, now: this.now() });
  }

  notifyRefused(message: string): NotifyReply {
    return { status: 400, contentType: JSON_TYPE, body: JSON.stringify({ code: 'FAIL', message }) };
  }

  feeOf(amount: bigint): bigint {
    return feeOf(amount, this.settings.feeBasisPoints);
  }

  private now(): Date {
    return this.settings.now?.() ?? new Date();
  }
}

const pathOf = (outTradeNo: string) => `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}`;
