import { createDecipheriv } from 'node:crypto';
import { ChannelError } from '../channel-error.js';
import type { NotifyRefusal, NotifyVerdict, RawNotify } from '../payment-channel.js';
import { type WechatObject, objectOf, parseObject, text, textIn } from './wechat-fields.js';
import type { WechatKeys } from './wechat-keys.js';
import { refundOf, tradeOf } from './wechat-replies.js';
import { refusalOf } from './wechat-signature.js';

export interface WechatNotifyRules {
  readonly mchid: string;
  readonly appid: string;
  readonly keys: WechatKeys;
  readonly now: Date;
}

const ALGORITHM = 'AEAD_AES_256_GCM';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Many times what WeChat Pay sends: more is not worth reading. */
const MAX_NOTIFY_BYTES = 256 * 1_024;
/** Longer than any number that we give a trade. */
const MAX_CLAIM_LENGTH = 64;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const REFUND_EVENTS = ['REFUND.SUCCESS', 'REFUND.ABNORMAL', 'REFUND.CLOSED'];

/** A notify that can't be accepted, on its way out of the steps that read it. */
class Refusal extends Error {
  constructor(
    readonly reason: NotifyRefusal,
    message: string,
  ) {
    super(message);
  }
}

/** WeChat Pay's notify: signature over the whole body, then what is sealed in it, then whose it is. */
export function readWechatNotify({ headers, body }: RawNotify, rules: WechatNotifyRules): NotifyVerdict {
  let content: WechatObject | undefined;
  try {
    if (body.length > MAX_NOTIFY_BYTES) {
      throw new Refusal('MALFORMED', `A notify of ${body.length} bytes is none of WeChat Pay's`);
    }
    const refusal = refusalOf(headers, body, rules.keys, rules.now);
    if (refusal) throw new Refusal(refusal.reason, refusal.message);
    const notify = parseObject(body);
    if (!notify) throw new Refusal('MALFORMED', 'The body is no JSON object');
    content = unseal(notify['resource'], rules.keys.apiV3Keys);
    return verdictOf(text(notify['event_type']), content, rules);
  } catch (error) {
    if (error instanceof Refusal) return refused(error.reason, error.message, content);
    if (ChannelError.is(error)) return refused('MALFORMED', error.message, content);
    throw error;
  }
}

function refused(reason: NotifyRefusal, message: string, content: WechatObject | undefined): NotifyVerdict {
  const claimed = text(content?.['out_trade_no']).slice(0, MAX_CLAIM_LENGTH);
  return { accepted: false, reason, message, claimedOutTradeNo: claimed === '' ? null : claimed };
}

function verdictOf(event: string, content: WechatObject, rules: WechatNotifyRules): NotifyVerdict {
  const outTradeNo = textIn(content, 'out_trade_no');
  if (event === 'TRANSACTION.SUCCESS') {
    const mismatches = mismatchesOf(content, { mchid: rules.mchid, appid: rules.appid });
    return { accepted: true, about: 'trade', outTradeNo, trade: tradeOf(content), mismatches };
  }
  if (REFUND_EVENTS.includes(event)) {
    return {
      accepted: true,
      about: 'refund',
      outTradeNo,
      outRefundNo: textIn(content, 'out_refund_no'),
      refund: refundOf(content, 'refund_status'),
      // A refund's notify names no application.
      mismatches: mismatchesOf(content, { mchid: rules.mchid }),
    };
  }
  throw new Refusal('MALFORMED', `Nothing is known of the event ${event.slice(0, MAX_CLAIM_LENGTH)}`);
}

function mismatchesOf(content: WechatObject, ours: Readonly<Record<string, string>>): string[] {
  return Object.entries(ours)
    .filter(([name, value]) => content[name] !== value)
    .map(([name, value]) => {
      const said = text(content[name]).slice(0, MAX_CLAIM_LENGTH);
      return `${name} is ${said || 'missing'}, ours is ${value}`;
    });
}

/** What WeChat Pay has sealed with our APIv3 key, or with one before it: the tag is the last 16 bytes. */
function unseal(value: unknown, keys: readonly Buffer[]): WechatObject {
  const resource = objectOf(value);
  if (!resource) throw new Refusal('MALFORMED', 'The notify has no resource');
  if (resource['algorithm'] !== ALGORITHM) {
    throw new Refusal('MALFORMED', `The resource is not sealed with ${ALGORITHM}`);
  }
  const nonce = Buffer.from(text(resource['nonce']), 'utf8');
  if (nonce.length !== NONCE_BYTES) {
    throw new Refusal(
      'MALFORMED',
      `The nonce of the resource has ${nonce.length} bytes and not ${NONCE_BYTES}`,
    );
  }
  const base64 = text(resource['ciphertext']);
  const sealed = Buffer.from(base64, 'base64');
  if (!BASE64.test(base64) || sealed.length <= TAG_BYTES) {
    throw new Refusal('MALFORMED', 'The ciphertext of the resource is no base64, or too short for a tag');
  }
  const associated = Buffer.from(text(resource['associated_data']), 'utf8');
  for (const key of keys) {
    const plain = open(key, nonce, associated, sealed);
    if (!plain) continue;
    const content = parseObject(plain);
    if (!content) throw new Refusal('MALFORMED', 'What is sealed in the resource is no JSON object');
    return content;
  }
  throw new Refusal('UNDECRYPTABLE', 'No APIv3 key of this merchant opens the resource');
}

function open(key: Buffer, nonce: Buffer, associated: Buffer, sealed: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // Sealed with another key, or changed on the way: GCM can't tell which.
    return undefined;
  }
}
