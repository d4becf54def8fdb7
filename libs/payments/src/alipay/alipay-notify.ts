import type { NotifyVerdict, RawNotify } from '../payment-channel.js';
import { ChannelError } from '../channel-error.js';
import { tradeOf } from './alipay-replies.js';

export interface AlipayNotifyRules {
  readonly appId: string;
  readonly sellerId: string;
  /** True when the signature over these fields is Alipay's. */
  readonly verify: (fields: Record<string, string>) => boolean;
}

/** Longer than any number that we give a trade: more of what an unproven body says belongs in no log line. */
const MAX_CLAIM_LENGTH = 64;

function refuse(
  reason: 'MALFORMED' | 'BAD_SIGNATURE',
  message: string,
  fields: Record<string, string> | undefined,
): NotifyVerdict {
  const claimed = fields?.['out_trade_no']?.slice(0, MAX_CLAIM_LENGTH);
  return { accepted: false, reason, message, claimedOutTradeNo: claimed ? claimed : null };
}

/** Decoded once, never twice; a name that comes twice would let signed and used value differ, so it is refused. */
function parseForm(body: Buffer): Record<string, string> | undefined {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(body.toString('utf8'))) {
    if (name in fields) return undefined;
    fields[name] = value;
  }
  return fields;
}

/** Alipay's asynchronous notify: form, signature, then whose it is. What was paid is compared by the caller. */
export function readAlipayNotify(notify: RawNotify, rules: AlipayNotifyRules): NotifyVerdict {
  const fields = parseForm(notify.body);
  if (!fields || !fields['sign'] || !fields['out_trade_no'] || !fields['trade_status']) {
    return refuse(
      'MALFORMED',
      'The body is no notify form: sign, out_trade_no and trade_status are needed',
      fields,
    );
  }
  // SHA-1 signatures have not been safe for years.
  if ((fields['sign_type'] ?? 'RSA2') !== 'RSA2') {
    return refuse('BAD_SIGNATURE', 'Only sign_type RSA2 is accepted', fields);
  }
  if (!rules.verify(fields)) {
    return refuse(
      'BAD_SIGNATURE',
      `The signature of the notify for ${fields['out_trade_no'].slice(0, MAX_CLAIM_LENGTH)} is not Alipay's`,
      fields,
    );
  }
  try {
    const trade = tradeOf({
      tradeStatus: fields['trade_status'],
      tradeNo: fields['trade_no'],
      totalAmount: fields['total_amount'],
      paidAt: fields['gmt_payment'],
    });
    const about = { outTradeNo: fields['out_trade_no'], mismatches: mismatchesOf(fields, rules) };
    const outRefundNo = fields['gmt_refund'] ? fields['out_biz_no'] : undefined;
    // It names the refund, and of the money only the sum of all refunds of the trade: what this one gave is to be asked.
    if (outRefundNo) {
      return { accepted: true, about: 'refund', ...about, outRefundNo, refund: { state: 'PROCESSING' } };
    }
    return { accepted: true, about: 'trade', ...about, trade };
  } catch (error) {
    if (ChannelError.is(error)) return refuse('MALFORMED', error.message, fields);
    throw error;
  }
}

function mismatchesOf(fields: Record<string, string>, rules: AlipayNotifyRules): string[] {
  const mismatches: string[] = [];
  if (fields['app_id'] !== rules.appId) {
    mismatches.push(`app_id is ${fields['app_id'] ?? 'missing'}, ours is ${rules.appId}`);
  }
  if (fields['seller_id'] !== rules.sellerId) {
    mismatches.push(`seller_id is ${fields['seller_id'] ?? 'missing'}, ours is ${rules.sellerId}`);
  }
  return mismatches;
}
