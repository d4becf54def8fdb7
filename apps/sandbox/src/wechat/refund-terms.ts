import { z } from 'zod';
import { MAX_FEN } from '../trade/fen.js';
import { invalidParameter, isFailure, type WechatFailure } from './failure.js';
import * as parameters from './parameters.js';

const fen = z.number().int().min(1).max(Number(MAX_FEN));

const refundBody = z.object({
  transaction_id: z.string().min(1).max(32).optional(),
  out_trade_no: parameters.outTradeNo.optional(),
  out_refund_no: parameters.outRefundNo,
  reason: z.string().max(80).optional(),
  notify_url: parameters.notifyUrl.optional(),
  funds_account: z.enum(['AVAILABLE', 'UNSETTLED'], '仅支持AVAILABLE或UNSETTLED').optional(),
  amount: z.object({ refund: fen, total: fen, currency: z.literal('CNY', '仅支持CNY') }),
});

/** What a merchant asks back, checked. Exactly one of the two numbers of the trade counts: WeChat's, when it is there. */
export interface WechatRefundTerms {
  readonly transactionId?: string;
  readonly outTradeNo?: string;
  readonly outRefundNo: string;
  readonly reason?: string;
  readonly notifyUrl?: string;
  readonly refundFen: bigint;
  readonly totalFen: bigint;
}

/** Reads the body of `POST /v3/refund/domestic/refunds`. */
export function readRefundTerms(text: string): WechatRefundTerms | WechatFailure {
  const parsed = parameters.parseBody(text);
  if (isFailure(parsed)) return parsed;
  const checked = parameters.check(refundBody, parsed.body, 'body');
  if (isFailure(checked)) return checked;
  const { values } = checked;
  if (values.transaction_id === undefined && values.out_trade_no === undefined) {
    return invalidParameter('body', '/out_trade_no', 'transaction_id和out_trade_no至少填写一个');
  }
  if (values.amount.refund > values.amount.total) {
    return invalidParameter('body', '/amount/refund', '退款金额不能大于原订单金额', values.amount.refund);
  }
  return {
    ...(values.transaction_id === undefined ? {} : { transactionId: values.transaction_id }),
    ...(values.out_trade_no === undefined ? {} : { outTradeNo: values.out_trade_no }),
    outRefundNo: values.out_refund_no,
    ...(values.reason === undefined ? {} : { reason: values.reason }),
    ...(values.notify_url === undefined ? {} : { notifyUrl: values.notify_url }),
    refundFen: BigInt(values.amount.refund),
    totalFen: BigInt(values.amount.total),
  };
}
