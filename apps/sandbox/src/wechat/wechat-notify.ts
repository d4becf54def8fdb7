import { randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  NOTIFY_MALFORMATIONS,
  type Delivery,
  type NotifyJob,
  type NotifyMessage,
  type NotifyOverrides,
  type NotifyProtocol,
} from '../notify/notify-job.js';
import { RefundBook } from '../refund/refund-book.js';
import type { RefundState } from '../refund/refund.js';
import type { Trade } from '../trade/trade.js';
import { encryptResource } from './cipher.js';
import { malform, type NotifyParts } from './malformed-notify.js';
import { NotifySigning } from './notify-signing.js';
import { PrepayBook, type WechatOrder } from './prepay-book.js';
import { notifiedRefundOf } from './refund-resource.js';
import { replyMessage, signSha256, spoilSignature } from './signature.js';
import { transactionOf } from './transaction.js';
import { WechatMerchants } from './wechat-merchants.js';
import { formatRfc3339 } from './wechat-time.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The channel tells of the end of a refund; one that is in process is told of only when a tester orders it. */
const REFUND_EVENTS = {
  PROCESSING: ['REFUND.SUCCESS', '退款成功'],
  SUCCEEDED: ['REFUND.SUCCESS', '退款成功'],
  ABNORMAL: ['REFUND.ABNORMAL', '退款异常'],
  CLOSED: ['REFUND.CLOSED', '退款关闭'],
} as const satisfies Record<RefundState, readonly [string, string]>;

/** What a notify tells: its kind, its sentence, and the resource that is encrypted. */
export interface NotifyContent {
  readonly url: string;
  readonly eventType: string;
  readonly summary: string;
  readonly originalType: 'transaction' | 'refund';
  readonly resource: Readonly<Record<string, unknown>>;
}

/** WeChat Pay's notify: signed JSON with an encrypted resource, sent until it is answered 200 or 204. */
@Injectable()
export class WechatNotify implements NotifyProtocol {
  readonly retryDelaysMs = [
    15 * SECOND_MS,
    15 * SECOND_MS,
    30 * SECOND_MS,
    3 * MINUTE_MS,
    10 * MINUTE_MS,
    20 * MINUTE_MS,
    30 * MINUTE_MS,
    30 * MINUTE_MS,
    30 * MINUTE_MS,
    60 * MINUTE_MS,
    3 * HOUR_MS,
    3 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    6 * HOUR_MS,
  ];
  readonly malformations = NOTIFY_MALFORMATIONS;

  constructor(
    private readonly merchants: WechatMerchants,
    private readonly prepays: PrepayBook,
    private readonly signing: NotifySigning,
    private readonly refunds: RefundBook,
  ) {}

  /** `EV-`, the time in Beijing, and digits. */
  newNotifyId(now: number): string {
    const time = formatRfc3339(now).replace(/\D/g, '').slice(0, 14);
    return `EV-${time}${String(randomInt(10 ** 12)).padStart(12, '0')}`;
  }

  isAccepted(delivery: Pick<Delivery, 'status'>): boolean {
    return delivery.status === 200 || delivery.status === 204;
  }

  async compose(
    job: Pick<NotifyJob, 'notifyId' | 'event' | 'outRefundNo' | 'tampered'>,
    trade: Trade,
    overrides: NotifyOverrides = {},
  ): Promise<NotifyMessage | undefined> {
    const order = this.prepays.order(trade.outTradeNo);
    const merchant = order && this.merchants.find(order.mchid);
    const content = order && this.contentOf(job, trade, order);
    if (content === undefined || order === undefined || merchant === undefined) return undefined;
    const plaintext = JSON.stringify(withFields(content.resource, overrides.fields ?? {}));
    const signer = this.signing.signerFor(order);
    const whole: NotifyParts = {
      envelope: {
        id: job.notifyId,
        create_time: formatRfc3339(Date.now()),
        resource_type: 'encrypt-resource',
        event_type: content.eventType,
        summary: content.summary,
      },
      resource: encryptResource(plaintext, content.originalType, merchant.apiV3Key),
      timestamp: Math.floor(Date.now() / 1000),
      serial: signer.serial,
      alterSignature: (signature) =>
        overrides.signature === 'wrong' ? spoilSignature(signature) : signature,
    };
    const parts = overrides.malform === undefined ? whole : malform(whole, overrides.malform, plaintext);
    const resource = { original_type: content.originalType, ...parts.resource };
    const body = JSON.stringify({ ...parts.envelope, resource });
    const nonce = randomBytes(16).toString('hex');
    const signature = await signSha256(replyMessage(String(parts.timestamp), nonce, body), signer.privateKey);
    return {
      url: content.url,
      headers: {
        'content-type': 'application/json',
        accept: '*/*',
        'user-agent': 'Mozilla/4.0',
        'wechatpay-nonce': nonce,
        'wechatpay-serial': parts.serial,
        'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
        'wechatpay-timestamp': String(parts.timestamp),
        ...(overrides.signature === 'missing'
          ? {}
          : { 'wechatpay-signature': parts.alterSignature(signature) }),
      },
      // The resource stays right, so that nothing but the signature gives the change away.
      body: job.tampered ? body.replace('"resource_type":', '"changed":true,"resource_type":') : body,
    };
  }

  /** @returns `undefined` when the merchant named no address for it. */
  private contentOf(
    job: Pick<NotifyJob, 'event' | 'outRefundNo'>,
    trade: Trade,
    order: WechatOrder,
  ): NotifyContent | undefined {
    if (job.outRefundNo !== undefined) return this.refundContentOf(job.outRefundNo, trade, order);
    if (trade.notifyUrl === undefined) return undefined;
    const hasRefunds = this.refunds.takenFen(trade) > 0n;
    return {
      url: trade.notifyUrl,
      eventType: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
      originalType: 'transaction',
      resource: transactionOf(trade, order, hasRefunds, job.event),
    };
  }

  private refundContentOf(outRefundNo: string, trade: Trade, order: WechatOrder): NotifyContent | undefined {
    const refund = this.refunds.find('wechat', outRefundNo);
    if (refund?.notifyUrl === undefined || refund.outTradeNo !== trade.outTradeNo) return undefined;
    const [eventType, summary] = REFUND_EVENTS[refund.state];
    return {
      url: refund.notifyUrl,
      eventType,
      summary,
      originalType: 'refund',
      resource: notifiedRefundOf(refund, trade, order.mchid),
    };
  }
}

/** @param fields values by their dotted path; they take the type of what they replace */
export function withFields(
  resource: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const changed = structuredClone(resource) as Record<string, unknown>;
  for (const [path, text] of Object.entries(fields)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let at = changed;
    for (const name of names) {
      if (typeof at[name] !== 'object' || at[name] === null) at[name] = {};
      at = at[name] as Record<string, unknown>;
    }
    at[last] = typeof at[last] === 'number' ? Number(text) : text;
  }
  return changed;
}
