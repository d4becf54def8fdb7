import { ChannelError, type ChannelErrorKind } from '../channel-error.js';
import type { ChannelRefund, ChannelTrade } from '../payment-channel.js';
import { type WechatObject, amountIn, malformed, text, textIn, timeIn } from './wechat-fields.js';

interface Meaning {
  readonly kind: ChannelErrorKind;
  readonly backOff?: boolean;
}

const REFUSED: Meaning = { kind: 'REFUSED' };
const TOO_MANY: Meaning = { kind: 'NOT_DONE', backOff: true };

/**
 * Codes whose meaning for the caller is certain. Everything else that is no success is `UNKNOWN`: an error that nobody
 * has met yet must never be taken for "not done". Some codes are spelt in two ways, depending on the API's age.
 */
const CODES: Readonly<Record<string, Meaning>> = {
  PARAM_ERROR: REFUSED,
  INVALID_REQUEST: REFUSED,
  SIGN_ERROR: REFUSED,
  APPID_MCHID_NOT_MATCH: REFUSED,
  MCH_NOT_EXISTS: REFUSED,
  NO_AUTH: REFUSED,
  RULE_LIMIT: REFUSED,
  TRADE_ERROR: REFUSED,
  OPENID_MISMATCH: REFUSED,
  ACCOUNT_ERROR: REFUSED,
  ACCOUNTERROR: REFUSED,
  USER_ACCOUNT_ABNORMAL: REFUSED,
  OUT_TRADE_NO_USED: REFUSED,
  ORDER_NOT_EXIST: REFUSED,
  ORDERNOTEXIST: REFUSED,
  ORDER_CLOSED: REFUSED,
  ORDERCLOSED: REFUSED,
  ORDER_PAID: REFUSED,
  ORDERPAID: REFUSED,
  NOT_ENOUGH: REFUSED,
  NOTENOUGH: REFUSED,
  TRADE_OVERDUE: REFUSED,
  RESOURCE_NOT_EXISTS: REFUSED,
  REFUND_NOT_EXISTS: REFUSED,
  REFUNDNOTEXIST: REFUSED,
  NO_STATEMENT_EXIST: REFUSED,
  STATEMENT_CREATING: { kind: 'NOT_DONE' },
  FREQUENCY_LIMITED: TOO_MANY,
  FREQUENCY_LIMIT_EXCEED: TOO_MANY,
  RATELIMIT_EXCEEDED: TOO_MANY,
  RATELIMIT_EXCEED: TOO_MANY,
  SYSTEM_ERROR: { kind: 'UNKNOWN', backOff: true },
  SYSTEMERROR: { kind: 'UNKNOWN', backOff: true },
  BANK_ERROR: { kind: 'UNKNOWN' },
  BANKERROR: { kind: 'UNKNOWN' },
  USER_PAYING: { kind: 'UNKNOWN' },
  USERPAYING: { kind: 'UNKNOWN' },
};

const TRADE_UNKNOWN = ['ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'RESOURCE_NOT_EXISTS'];
const REFUND_UNKNOWN = ['RESOURCE_NOT_EXISTS', 'REFUND_NOT_EXISTS', 'REFUNDNOTEXIST'];
const MAX_MESSAGE_LENGTH = 200;

/** What an answer that is WeChat Pay's and no success means. The status has the first word: it says who refuses. */
export function errorOf(call: string, status: number, body: WechatObject | undefined): ChannelError {
  const code = text(body?.['code']) || `HTTP_${status}`;
  const words = text(body?.['message']).slice(0, MAX_MESSAGE_LENGTH);
  const message = `WeChat Pay answered ${call} with ${code}${words && `: ${words}`}`;
  const { kind, backOff = false } = meaningOf(status, code);
  return new ChannelError(kind, code, message, { backOff });
}

function meaningOf(status: number, code: string): Meaning {
  if (status === 429) return TOO_MANY;
  if (status >= 500) return { kind: 'UNKNOWN', backOff: true };
  // Own entries only: a code such as `constructor` is in every object, and means nothing.
  return (Object.hasOwn(CODES, code) ? CODES[code] : undefined) ?? { kind: 'UNKNOWN' };
}

export const isTradeUnknown = (error: unknown): boolean =>
  ChannelError.is(error, 'REFUSED') && TRADE_UNKNOWN.includes(error.channelCode);

export const isRefundUnknown = (error: unknown): boolean =>
  ChannelError.is(error, 'REFUSED') && REFUND_UNKNOWN.includes(error.channelCode);

/** The state of a trade, from the object that a query's answer and a notify have in common. */
export function tradeOf(transaction: WechatObject): ChannelTrade {
  switch (transaction['trade_state']) {
    // PAYERROR: this try of the buyer failed, and another may follow. ACCEPT: taken, and not yet paid.
    case 'NOTPAY':
    case 'USERPAYING':
    case 'PAYERROR':
    case 'ACCEPT':
      return { state: 'WAITING' };
    case 'CLOSED':
    case 'REVOKED':
      return { state: 'CLOSED' };
    // REFUND: it was paid, and some of it (or all) was given back later, which the refunds' own answers tell.
    case 'SUCCESS':
    case 'REFUND':
      return {
        state: 'PAID',
        channelTradeNo: textIn(transaction, 'transaction_id'),
        // What the buyer was asked for; `payer_total` is less where a coupon paid the rest.
        amount: amountIn(transaction['amount'], 'total'),
        paidAt: timeIn(transaction, 'success_time'),
      };
    default:
      throw malformed('trade_state');
  }
}

/** @param statusField answers call it `status`, notifies `refund_status`. */
export function refundOf(refund: WechatObject, statusField: 'status' | 'refund_status'): ChannelRefund {
  switch (refund[statusField]) {
    case 'SUCCESS':
      return {
        state: 'SUCCEEDED',
        channelRefundNo: textIn(refund, 'refund_id'),
        amount: amountIn(refund['amount'], 'refund'),
        refundedAt: timeIn(refund, 'success_time'),
      };
    case 'PROCESSING':
      return { state: 'PROCESSING' };
    case 'CLOSED':
      return { state: 'FAILED', problem: 'CLOSED_BY_CHANNEL', message: 'WeChat Pay has closed the refund' };
    case 'ABNORMAL':
      return {
        state: 'ABNORMAL',
        message:
          "WeChat Pay can't give it back where it came from: somebody has to act in the merchant platform",
      };
    default:
      throw malformed(statusField);
  }
}
