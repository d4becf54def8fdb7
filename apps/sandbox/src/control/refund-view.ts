import type { Refund } from '../refund/refund.js';
import { formatYuan } from '../trade/fen.js';

/** The channel's truth of a refund, for the control API. */
export function refundView(refund: Refund) {
  return {
    outRefundNo: refund.outRefundNo,
    outTradeNo: refund.outTradeNo,
    channel: refund.channel,
    refundNo: refund.refundNo,
    status: refund.state,
    amount: formatYuan(refund.amountFen),
    reason: refund.reason ?? null,
    createdAt: new Date(refund.createdAt).toISOString(),
    settlesAt: refund.settlesAt === null ? null : new Date(refund.settlesAt).toISOString(),
    settledAt: refund.settledAt === undefined ? null : new Date(refund.settledAt).toISOString(),
  };
}
