import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Channels, type Channel, type Refusal } from '../channel/channels.js';
import { queryOf } from '../http/form.js';
import { TradeBook } from '../trade/trade-book.js';
import type { Trade } from '../trade/trade.js';
import { CODE_VALID_MS, H5_VALID_MS, PrepayBook } from './prepay-book.js';
import { newTransactionId } from './transaction.js';
import { TRANSFER_FAILURES } from './transfer-resource.js';
import { WechatMerchants } from './wechat-merchants.js';
import { WechatNotify } from './wechat-notify.js';

export const CHECK_MWEB_PATH = '/cgi-bin/mmpayweb-bin/checkmweb';
const EXPIRED: Refusal = { code: 'PREPAY_EXPIRED', reason: '支付链接已过期，请返回商户重新发起支付' };
const UNKNOWN: Refusal = { code: 'PREPAY_NOT_EXIST', reason: '支付链接无效，请返回商户重新发起支付' };
const FOREIGN_PAGE: Refusal = { code: 'REDIRECT_URL_INVALID', reason: 'redirect_url必须是http或https地址' };

/** WeChat Pay, as the channel-neutral parts see it. */
@Injectable()
export class WechatChannel implements Channel, OnModuleInit {
  readonly name = 'wechat';
  readonly newTradeNo = newTransactionId;
  readonly expired = EXPIRED;
  readonly transferFailures = TRANSFER_FAILURES;
  /** Where H5 buyers want to go afterwards: the merchant adds it to the link, and no prepay knows of it. */
  private readonly redirects = new Map<string, string>();

  constructor(
    private readonly channels: Channels,
    readonly notify: WechatNotify,
    private readonly prepays: PrepayBook,
    private readonly book: TradeBook,
    private readonly merchants: WechatMerchants,
  ) {}

  onModuleInit(): void {
    this.channels.register(this);
  }

  accounts(): readonly string[] {
    return this.merchants.all().map(({ mchid }) => mchid);
  }

  returnUrlOf(trade: Trade): Promise<string | undefined> {
    return Promise.resolve(this.redirects.get(trade.outTradeNo));
  }

  /** `weixin://wxpay/bizpayurl?pr=…` as a telephone scans it, or an H5 link as a browser opens it. */
  openPayUrl(url: URL): Promise<Trade | Refusal | undefined> {
    const query = queryOf(url.href);
    if (url.protocol === 'weixin:') return Promise.resolve(this.scan(query.get('pr') ?? '') ?? UNKNOWN);
    if (!url.pathname.endsWith(CHECK_MWEB_PATH)) return Promise.resolve(undefined);
    return Promise.resolve(this.openH5(query));
  }

  /** A telephone reads a code. @returns `undefined` when it is none of this channel. */
  scan(code: string): Trade | Refusal | undefined {
    const session = this.prepays.session(code);
    if (session === undefined || session.code !== code) return undefined;
    if (Date.now() > session.createdAt + CODE_VALID_MS) return EXPIRED;
    return this.book.find('wechat', session.outTradeNo) ?? UNKNOWN;
  }

  private openH5(query: ReadonlyMap<string, string>): Trade | Refusal {
    const session = this.prepays.session(query.get('prepay_id') ?? '');
    const trade = session && this.book.find('wechat', session.outTradeNo);
    if (session === undefined || trade === undefined || session.code !== query.get('package')) return UNKNOWN;
    if (Date.now() > session.createdAt + H5_VALID_MS) return EXPIRED;
    const redirectUrl = query.get('redirect_url');
    if (redirectUrl === undefined) return trade;
    if (!/^https?:\/\//.test(redirectUrl) || !URL.canParse(redirectUrl)) return FOREIGN_PAGE;
    this.redirects.set(trade.outTradeNo, redirectUrl);
    return trade;
  }
}
