import { randomInt } from 'node:crypto';
import type { Refund, RefundState } from '../refund/refund.js';
import { reportedFen, type Trade } from '../trade/trade.js';
import { formatRfc3339 } from './wechat-time.js';

/** Where the money goes: back to where it came from. */
const RECEIVED_BY = '支付用户零钱';

/** `status` of a refund. */
export const REFUND_STATUS = {
  PROCESSING: 'PROCESSING',
  SUCCEEDED: 'SUCCESS',
  ABNORMAL: 'ABNORMAL',
  CLOSED: 'CLOSED',
} as const satisfies Record<RefundState, string>;

function successTime(refund: Refund): Record<string, string> {
  if (refund.state !== 'SUCCEEDED') return {};
  return { success_time: formatRfc3339(refund.settledAt ?? refund.createdAt) };
}

/** A refund as replies and queries report it. */
export function refundOf(refund: Refund, trade: Trade): Record<string, unknown> {
  const total = Number(reportedFen(trade));
  const back = Number(refund.amountFen);
  return {
    amount: {
      currency: 'CNY',
      discount_refund: 0,
      from: [],
      payer_refund: back,
      payer_total: total,
      refund: back,
      refund_fee: 0,
      settlement_refund: back,
      settlement_total: total,
      total,
    },
    channel: 'ORIGINAL',
    create_time: formatRfc3339(refund.createdAt),
    funds_account: 'AVAILABLE',
    out_refund_no: refund.outRefundNo,
    out_trade_no: refund.outTradeNo,
    promotion_detail: [],
    refund_id: refund.refundNo,
    status: REFUND_STATUS[refund.state],
    ...successTime(refund),
    transaction_id: trade.tradeNo,
    user_received_account: RECEIVED_BY,
  };
}

/** A refund as a notify tells of it: some fields have other names there. */
export function notifiedRefundOf(refund: Refund, trade: Trade, mchid: string): Record<string, unknown> {
  const total = Number(reportedFen(trade));
  const back = Number(refund.amountFen);
  return {
    mchid,
    out_trade_no: refund.outTradeNo,
    transaction_id: trade.tradeNo,
    out_refund_no: refund.outRefundNo,
    refund_id: refund.refundNo,
    refund_status: REFUND_STATUS[refund.state],
    ...successTime(refund),
    amount: { total, refund: back, payer_total: total, payer_refund: back },
    user_received_account: RECEIVED_BY,
  };
}

/** 28 digits, as the channel's: the kind of business, the day, and a part that the sequence number makes unique. */
export function newRefundId(sequence: number, now: number): string {
  const day = formatRfc3339(now).slice(0, 10).replaceAll('-', '');
  return `5030${String(randomInt(10 ** 6)).padStart(6, '0')}${day}${String(sequence).padStart(10, '0')}`;
}
