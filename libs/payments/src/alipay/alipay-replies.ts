import { parseYuan } from '#libs/money';
import { ChannelError, type ChannelErrorKind } from '../channel-error.js';
import type { ChannelTrade } from '../payment-channel.js';
import { fromBeijingTime } from './beijing-time.js';

/** What `alipay-sdk` makes of the inner object of a reply: keys in camel case, values as they came. */
export type AlipayReply = Readonly<Record<string, unknown>> & {
  readonly code?: unknown;
  readonly msg?: unknown;
  readonly subCode?: unknown;
  readonly subMsg?: unknown;
};

const CODE_OK = '10000';

/**
 * Sub-codes whose meaning for the caller is certain. Everything else that is no success is `UNKNOWN`: an error that
 * nobody has met yet must never be taken for "not done".
 */
const SUB_CODE_KINDS: Readonly<Record<string, ChannelErrorKind>> = {
  'ACQ.INVALID_PARAMETER': 'REFUSED',
  'ACQ.TRADE_NOT_EXIST': 'REFUSED',
  'ACQ.TRADE_HAS_SUCCESS': 'REFUSED',
  'ACQ.TRADE_HAS_CLOSE': 'REFUSED',
  'ACQ.TRADE_HAS_FINISHED': 'REFUSED',
  'ACQ.TRADE_STATUS_ERROR': 'REFUSED',
  'ACQ.REASON_TRADE_STATUS_INVALID': 'REFUSED',
  'ACQ.CONTEXT_INCONSISTENT': 'REFUSED',
  'ACQ.ACCESS_FORBIDDEN': 'REFUSED',
  'isv.invalid-app-id': 'REFUSED',
  'isv.invalid-signature': 'REFUSED',
  'isv.missing-method': 'REFUSED',
  'isv.insufficient-isv-permissions': 'REFUSED',
  'isp.call-limited': 'NOT_DONE',
  'isp.app-call-limited': 'NOT_DONE',
  'isv.app-call-limited': 'NOT_DONE',
  'ACQ.SYSTEM_ERROR': 'UNKNOWN',
  'isp.unknow-error': 'UNKNOWN',
};

/** Codes of the gateway itself, which answer before any business is done. */
const CODE_KINDS: Readonly<Record<string, ChannelErrorKind>> = {
  '20001': 'REFUSED',
  '40001': 'REFUSED',
  '40002': 'REFUSED',
  '40006': 'REFUSED',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function isSuccess(reply: AlipayReply): boolean {
  return reply.code === CODE_OK;
}

/** Own entries only: a code such as `constructor` is in every object, and means nothing. */
function kindIn(
  kinds: Readonly<Record<string, ChannelErrorKind>>,
  code: string,
): ChannelErrorKind | undefined {
  return Object.hasOwn(kinds, code) ? kinds[code] : undefined;
}

function subCodeOf(reply: AlipayReply): string {
  return text(reply.subCode) || text(reply.code);
}

/** The error that a reply without success means. */
export function errorOf(method: string, reply: AlipayReply): ChannelError {
  const code = subCodeOf(reply);
  const kind = kindIn(SUB_CODE_KINDS, code) ?? kindIn(CODE_KINDS, text(reply.code)) ?? 'UNKNOWN';
  return new ChannelError(
    kind,
    code,
    `Alipay answered ${method} with ${code}: ${text(reply.subMsg) || text(reply.msg)}`,
  );
}

function malformed(what: string): ChannelError {
  return new ChannelError('UNKNOWN', 'MALFORMED_REPLY', `Alipay's answer has no usable ${what}`);
}

/** Exact micro-yuan, or a `ChannelError`: an amount that can't be read is never guessed. */
export function amountOf(value: unknown, field: string): bigint {
  try {
    return parseYuan(text(value));
  } catch {
    throw malformed(field);
  }
}

/** The state of a trade, from the fields that a query's reply and a notify have in common. */
export function tradeOf(fields: {
  tradeStatus: unknown;
  tradeNo: unknown;
  totalAmount: unknown;
  paidAt: unknown;
}): ChannelTrade {
  switch (fields.tradeStatus) {
    case 'WAIT_BUYER_PAY':
      return { state: 'WAITING' };
    case 'TRADE_CLOSED':
      return { state: 'CLOSED' };
    // FINISHED is paid as well; only its time for refunds is over.
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED': {
      const channelTradeNo = text(fields.tradeNo);
      if (channelTradeNo === '') throw malformed('trade_no');
      return {
        state: 'PAID',
        channelTradeNo,
        amount: amountOf(fields.totalAmount, 'total_amount'),
        // Some notifies leave the time out; when we heard of it is the honest second best.
        paidAt: fromBeijingTime(text(fields.paidAt)) ?? new Date(),
      };
    }
    default:
      throw malformed('trade_status');
  }
}
