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
import type { Trade } from '../trade/trade.js';
import { encryptResource } from './cipher.js';
import { malform, type NotifyParts } from './malformed-notify.js';
import { NotifySigning } from './notify-signing.js';
import { PrepayBook, type WechatOrder } from './prepay-book.js';
import { replyMessage, signSha256, spoilSignature } from './signature.js';
import { transactionOf } from './transaction.js';
import { WechatMerchants } from './wechat-merchants.js';
import { formatRfc3339 } from './wechat-time.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What a notify tells: its kind, its sentence, and the resource that is encrypted. */
export interface NotifyContent {
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
    job: Pick<NotifyJob, 'notifyId' | 'event' | 'tampered'>,
    trade: Trade,
    overrides: NotifyOverrides = {},
  ): Promise<NotifyMessage | undefined> {
    const order = this.prepays.order(trade.outTradeNo);
    const merchant = order && this.merchants.find(order.mchid);
    if (trade.notifyUrl === undefined || order === undefined || merchant === undefined) return undefined;
    const content = this.contentOf(job, trade, order);
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
      url: trade.notifyUrl,
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

  private contentOf(job: Pick<NotifyJob, 'event'>, trade: Trade, order: WechatOrder): NotifyContent {
    return {
      eventType: 'TRANSACTION.SUCCESS',
      summary: '支付成功',
      originalType: 'transaction',
      resource: transactionOf(trade, order, false, job.event),
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
