import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../../config.js';
import { Faults } from '../../faults/faults.js';
import { RefundBook, type RefundOutcome } from '../../refund/refund-book.js';
import { courseOf } from '../../refund/refund-course.js';
import { TradeBook } from '../../trade/trade-book.js';
import { isPaid, reportedFen, type Trade } from '../../trade/trade.js';
import { failures, isFailure, type WechatFailure } from '../failure.js';
import { PrepayBook } from '../prepay-book.js';
import { newRefundId, refundOf } from '../refund-resource.js';
import { readRefundTerms, type WechatRefundTerms } from '../refund-terms.js';
import type { WechatMerchant } from '../wechat-merchants.js';
import { peek, type Operation, type WechatAnswer, type WechatRequest } from './operation.js';

/** What the channel takes to hand the money back; divided by the time scale. */
const SETTLES_AFTER_MS = 2_000;
const REFUND_DAYS_MS = 365 * 24 * 60 * 60_000;

const REFUND_FAILURES = {
  mismatch: failures.refundMismatch,
  'not-paid': failures.refundNotPaid,
  finished: failures.refundTooLate,
  'too-much': failures.refundTooMuch,
} as const satisfies Record<Exclude<RefundOutcome['outcome'], 'created' | 'existing'>, WechatFailure>;

/** Refunds and what became of them. */
@Injectable()
export class RefundOperations {
  constructor(
    private readonly config: SandboxConfig,
    private readonly book: TradeBook,
    private readonly refunds: RefundBook,
    private readonly prepays: PrepayBook,
    private readonly faults: Faults,
  ) {}

  /** `POST /v3/refund/domestic/refunds`: accepted, and in process until the money is back. */
  refund(): Operation {
    return {
      name: 'POST /v3/refund/domestic/refunds',
      subject: (body) => peek(body, 'out_trade_no') || this.outTradeNoOf(peek(body, 'transaction_id')),
      work: (request) => this.request(request),
    };
  }

  /** `GET /v3/refund/domestic/refunds/{out_refund_no}` */
  query(outRefundNo: string): Operation {
    const refund = this.refunds.find('wechat', outRefundNo);
    return {
      name: 'GET /v3/refund/domestic/refunds/{out_refund_no}',
      subject: () => refund?.outTradeNo ?? '',
      work: ({ merchant }) => {
        const trade = refund && this.tradeOf(merchant, refund.outTradeNo);
        if (refund === undefined || trade === undefined) return failures.refundNotExist;
        return { status: 200, body: refundOf(refund, trade) };
      },
    };
  }

  private request(request: WechatRequest): WechatAnswer | WechatFailure {
    const terms = readRefundTerms(request.body);
    if (isFailure(terms)) return terms;
    const outTradeNo =
      terms.transactionId === undefined ? terms.outTradeNo : this.outTradeNoOf(terms.transactionId);
    const trade = this.tradeOf(request.merchant, outTradeNo ?? '');
    if (trade === undefined) return failures.refundOrderNotExist;
    if (isPaid(trade) && terms.totalFen !== reportedFen(trade)) return failures.refundMismatch;
    if (Date.now() - (trade.paidAt ?? Date.now()) > REFUND_DAYS_MS) return failures.refundTooLate;
    return this.open(trade, terms);
  }

  private open(trade: Trade, terms: WechatRefundTerms): WechatAnswer | WechatFailure {
    const isNew = this.refunds.find('wechat', terms.outRefundNo) === undefined;
    if (isNew && this.faults.strikes('notEnough', trade.outTradeNo)) return failures.notEnough;
    const settlesAfterMs = SETTLES_AFTER_MS / this.config.timeScale;
    const course = isNew
      ? courseOf(this.faults, trade.outTradeNo, settlesAfterMs)
      : ({ settlesAfterMs, settlesAs: 'SUCCEEDED' } as const);
    const requested = this.refunds.request(
      trade,
      {
        channel: 'wechat',
        outTradeNo: trade.outTradeNo,
        outRefundNo: terms.outRefundNo,
        amountFen: terms.refundFen,
        ...(terms.reason === undefined ? {} : { reason: terms.reason }),
        ...(terms.notifyUrl === undefined ? {} : { notifyUrl: terms.notifyUrl }),
      },
      { newRefundNo: newRefundId, ...course },
    );
    if (!('refund' in requested)) return REFUND_FAILURES[requested.outcome];
    return { status: 200, body: refundOf(requested.refund, trade) };
  }

  private outTradeNoOf(transactionId: string): string {
    return this.book.findByTradeNo('wechat', transactionId)?.outTradeNo ?? '';
  }

  /** Another merchant's trade does not exist for this one. */
  private tradeOf(merchant: WechatMerchant, outTradeNo: string): Trade | undefined {
    const order = this.prepays.order(outTradeNo);
    return order?.mchid === merchant.mchid ? this.book.find('wechat', outTradeNo) : undefined;
  }
}
