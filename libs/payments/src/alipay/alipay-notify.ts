import type { NotifyVerdict, RawNotify } from '../payment-channel.js';
import { ChannelError } from '../channel-error.js';
import { tradeOf } from './alipay-replies.js';

export interface AlipayNotifyRules {
  readonly appId: string;
  readonly sellerId: string;
  /** True when the signature over these fields is Alipay's. */
  readonly verify: (fields: Record<string, string>) => boolean;
}

const refuse = (reason: 'MALFORMED' | 'BAD_SIGNATURE', message: string): NotifyVerdict => ({
  accepted: false,
  reason,
  message,
});

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
    return refuse('MALFORMED', 'The body is no notify form: sign, out_trade_no and trade_status are needed');
  }
  // The SDK verifies with whatever algorithm the form names; SHA-1 signatures have not been safe for years.
  if ((fields['sign_type'] ?? 'RSA2') !== 'RSA2') {
    return refuse('BAD_SIGNATURE', 'Only sign_type RSA2 is accepted');
  }
  if (!rules.verify(fields)) {
    return refuse(
      'BAD_SIGNATURE',
      `The signature of the notify for ${fields['out_trade_no']} is not Alipay's`,
    );
  }
  try {
    const trade = tradeOf({
      tradeStatus: fields['trade_status'],
      tradeNo: fields['trade_no'],
      totalAmount: fields['total_amount'],
      paidAt: fields['gmt_payment'],
    });
    return {
      accepted: true,
      outTradeNo: fields['out_trade_no'],
      trade,
      mismatches: mismatchesOf(fields, rules),
    };
  } catch (error) {
    if (ChannelError.is(error)) return refuse('MALFORMED', error.message);
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
