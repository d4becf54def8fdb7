import { AmountError, microsToYuanExact, parseYuan } from '#libs/money';
import { ChannelError, type ChannelErrorKind } from '../channel-error.js';
import type { ChannelTrade } from '../payment-channel.js';
import { fromBeijingTime } from '../beijing-time.js';

/** The inner object of a reply, as it came. */
export type AlipayReply = Readonly<Record<string, unknown>> & {
  readonly code?: unknown;
  readonly msg?: unknown;
  readonly sub_code?: unknown;
  readonly sub_msg?: unknown;
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
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'REFUSED',
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': 'REFUSED',
  'ACQ.REASON_TRADE_REFUND_FEE_ERR': 'REFUSED',
  'ACQ.REFUND_FEE_ERROR': 'REFUSED',
  'ACQ.TRADE_NOT_ALLOW_REFUND': 'REFUSED',
  'ACQ.DISCORDANT_REPEAT_REQUEST': 'REFUSED',
  'ACQ.BUYER_NOT_EXIST': 'REFUSED',
  'ACQ.BUYER_ENABLE_STATUS_FORBID': 'REFUSED',
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

/** The gateway is not available, or refuses for the rate. */
const OVERLOAD_CODES: readonly string[] = ['20000', '40005'];

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

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
  return text(reply.sub_code) || text(reply.code);
}

/** The error that a reply without success means. */
export function errorOf(method: string, reply: AlipayReply): ChannelError {
  const code = subCodeOf(reply);
  const kind = kindIn(SUB_CODE_KINDS, code) ?? kindIn(CODE_KINDS, text(reply.code)) ?? 'UNKNOWN';
  const message = `Alipay answered ${method} with ${code}: ${text(reply.sub_msg) || text(reply.msg)}`;
  const backOff =
    code.startsWith('isp.') || code.endsWith('call-limited') || OVERLOAD_CODES.includes(text(reply.code));
  return new ChannelError(kind, code, message, { backOff });
}

export function malformed(what: string): ChannelError {
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

/** @throws ChannelError `REFUSED` for what is no whole number of fen, which Alipay can't be asked for. */
export function yuanOf(amount: bigint): string {
  try {
    return microsToYuanExact(amount);
  } catch (cause) {
    if (!(cause instanceof AmountError)) throw cause;
    throw new ChannelError('REFUSED', 'AMOUNT', 'The amount is no whole number of fen', { cause });
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
