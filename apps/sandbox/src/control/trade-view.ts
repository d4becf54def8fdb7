import type { NotifyJob } from '../notify/notify-job.js';
import type { Refund } from '../refund/refund.js';
import { formatYuan } from '../trade/fen.js';
import type { QrCode } from '../trade/qr-codes.js';
import { refundView } from './refund-view.js';
import type { Trade } from '../trade/trade.js';

const iso = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

/** The channel's truth of a trade, for the control API. */
export function tradeView(
  trade: Trade,
  notifies: readonly NotifyJob[],
  orderedFaults: object,
  refunds: readonly Refund[],
) {
  return {
    outTradeNo: trade.outTradeNo,
    channel: trade.channel,
    method: trade.method,
    tradeNo: trade.tradeNo,
    status: trade.state,
    subject: trade.subject,
    amount: formatYuan(trade.amountFen),
    paidAmount: trade.paidFen === undefined ? null : formatYuan(trade.paidFen),
    createdAt: iso(trade.createdAt),
    expiresAt: iso(trade.expiresAt),
    paidAt: iso(trade.paidAt),
    closedAt: iso(trade.closedAt),
    closedBy: trade.closedBy ?? null,
    notifyUrl: trade.notifyUrl ?? null,
    returnUrl: trade.returnUrl ?? null,
    cashierPath: `/cashier/${trade.cashierToken}`,
    queries: trade.queries,
    orderedFaults,
    notifies: notifies.map(notifyView),
    refunds: refunds.map(refundView),
  };
}

function notifyView(job: NotifyJob) {
  return {
    notifyId: job.notifyId,
    event: job.event,
    tampered: job.tampered,
    outRefundNo: job.outRefundNo ?? null,
    state: job.state,
    createdAt: iso(job.createdAt),
    nextAt: job.state === 'PENDING' ? iso(job.nextAt) : null,
    deliveries: job.deliveries.map((delivery) => ({ ...delivery, at: iso(delivery.at) })),
  };
}

/** A code that nobody has scanned: the channel has no trade yet. */
export function qrCodeView(qrCode: QrCode, orderedFaults: object) {
  const { terms } = qrCode;
  return {
    outTradeNo: terms.outTradeNo,
    channel: terms.channel,
    method: terms.method,
    tradeNo: null,
    status: 'NOT_SCANNED',
    subject: terms.subject,
    amount: formatYuan(terms.amountFen),
    createdAt: iso(qrCode.createdAt),
    expiresAt: iso(terms.expiresAt),
    qrPath: `/qr/${qrCode.code}`,
    orderedFaults,
    notifies: [],
  };
}
