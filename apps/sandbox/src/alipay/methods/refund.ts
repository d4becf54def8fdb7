import type { Faults } from '../../faults/faults.js';
import type { RefundBook, RefundOutcome } from '../../refund/refund-book.js';
import { courseOf } from '../../refund/refund-course.js';
import type { Refund } from '../../refund/refund.js';
import { formatBeijing } from '../../trade/beijing-time.js';
import { formatYuan, parseYuan } from '../../trade/fen.js';
import type { TradeBook } from '../../trade/trade-book.js';
import { reportedFen, type Trade } from '../../trade/trade.js';
import { BUYER, newTradeNo } from '../alipay-words.js';
import { failures, invalidParameter, type AlipayFailure } from '../failure.js';
import type { ReplyBody } from '../reply.js';
import type { AlipayRequest } from '../request.js';
import { findTrade, numbersOf } from './trade-number.js';

const REFUND_DAYS_MS = 365 * 24 * 60 * 60_000;

const REFUND_FAILURES = {
  mismatch: failures.refundInconsistent,
  'not-paid': failures.tradeStatusError,
  finished: failures.tradeHasFinished,
  'too-much': failures.refundTooMuch,
} as const satisfies Record<Exclude<RefundOutcome['outcome'], 'created' | 'existing'>, AlipayFailure>;

/** What a refund and the question about it work with. */
export interface RefundParts {
  readonly book: TradeBook;
  readonly refunds: RefundBook;
  readonly faults: Faults;
}

/** `alipay.trade.refund`: the money is back at once, unless trouble was ordered. */
export function refundTrade(parts: RefundParts, request: AlipayRequest): ReplyBody | AlipayFailure {
  const numbers = numbersOf(request);
  if (numbers === undefined) return invalidParameter('out_trade_no / trade_no');
  const amountFen = parseYuan(textOf(request.biz['refund_amount']));
  if (amountFen === undefined || amountFen < 1n) return invalidParameter('refund_amount');
  const trade = findTrade(parts.book, request, numbers);
  if (trade === undefined) return failures.tradeNotExist;
  const outRefundNo = textOf(request.biz['out_request_no']);
  // Without a number of its own the refund is the trade's only one, for all of its money.
  if (outRefundNo === '' && amountFen !== reportedFen(trade)) return invalidParameter('out_request_no');
  return open(parts, trade, outRefundNo || trade.outTradeNo, amountFen, textOf(request.biz['refund_reason']));
}

function open(
  { refunds, faults }: RefundParts,
  trade: Trade,
  outRefundNo: string,
  amountFen: bigint,
  reason: string,
): ReplyBody | AlipayFailure {
  const isNew = refunds.find('alipay', outRefundNo) === undefined;
  if (isNew && Date.now() - (trade.paidAt ?? Date.now()) > REFUND_DAYS_MS) return failures.tradeHasFinished;
  if (isNew && faults.strikes('notEnough', trade.outTradeNo)) return failures.sellerBalanceNotEnough;
  const course = isNew
    ? courseOf(faults, trade.outTradeNo, 0)
    : ({ settlesAfterMs: 0, settlesAs: 'SUCCEEDED' } as const);
  const requested = refunds.request(
    trade,
    {
      channel: 'alipay',
      outTradeNo: trade.outTradeNo,
      outRefundNo,
      amountFen,
      ...(reason === '' ? {} : { reason }),
    },
    { newRefundNo: newTradeNo, ...course },
  );
  if (!('refund' in requested)) return REFUND_FAILURES[requested.outcome];
  const { refund, outcome } = requested;
  if (refund.state === 'ABNORMAL') return failures.buyerNotExist;
  if (refund.state === 'CLOSED') return failures.refundNotAllowed;
  return {
    code: '10000',
    msg: 'Success',
    buyer_logon_id: BUYER.logonId,
    buyer_user_id: BUYER.id,
    // Only the call that moved the money says so: a repeat, and a refund in process, say N.
    fund_change: outcome === 'created' && refund.state === 'SUCCEEDED' ? 'Y' : 'N',
    ...(refund.settledAt === undefined ? {} : { gmt_refund_pay: formatBeijing(refund.settledAt) }),
    out_trade_no: trade.outTradeNo,
    // The sum of all refunds of the trade, not this one's amount.
    refund_fee: formatYuan(refundedFen(refunds, trade)),
    send_back_fee: refund.state === 'SUCCEEDED' ? formatYuan(amountFen) : '0.00',
    trade_no: trade.tradeNo,
  };
}

/** `alipay.trade.fastpay.refund.query`: says `REFUND_SUCCESS` of what succeeded, and of anything else nothing at all. */
export function queryRefund(
  { book, refunds }: RefundParts,
  request: AlipayRequest,
): ReplyBody | AlipayFailure {
  const numbers = numbersOf(request);
  if (numbers === undefined) return invalidParameter('out_trade_no / trade_no');
  const outRefundNo = textOf(request.biz['out_request_no']);
  if (outRefundNo === '') return invalidParameter('out_request_no');
  const trade = findTrade(book, request, numbers);
  if (trade === undefined) return failures.tradeNotExist;
  const refund = refunds.find('alipay', outRefundNo);
  const nothing = { code: '10000', msg: 'Success' };
  if (refund?.outTradeNo !== trade.outTradeNo || refund.state !== 'SUCCEEDED') return nothing;
  return {
    ...nothing,
    ...(refund.settledAt === undefined ? {} : { gmt_refund_pay: formatBeijing(refund.settledAt) }),
    out_request_no: outRefundNo,
    out_trade_no: trade.outTradeNo,
    refund_amount: formatYuan(refund.amountFen),
    refund_status: 'REFUND_SUCCESS',
    total_amount: formatYuan(reportedFen(trade)),
    trade_no: trade.tradeNo,
  };
}

/** A trade all of whose money went back is closed at Alipay. */
export function isFullyRefunded(refunds: RefundBook, trade: Trade): boolean {
  return trade.paidAt !== undefined && refundedFen(refunds, trade) === reportedFen(trade);
}

function refundedFen(refunds: RefundBook, trade: Trade): bigint {
  const isBack = (refund: Refund) => refund.state === 'SUCCEEDED';
  return refunds
    .of(trade)
    .filter(isBack)
    .reduce((sum, refund) => sum + refund.amountFen, 0n);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
