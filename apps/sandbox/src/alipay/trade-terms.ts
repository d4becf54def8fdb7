import { z } from 'zod';
import { MAX_FEN, parseYuan } from '../trade/fen.js';
import type { PayMethod, TradeTerms } from '../trade/trade.js';
import { expiryOf } from './expiry.js';
import { failures, invalidParameter, type AlipayFailure } from './failure.js';
import type { AlipayRequest } from './request.js';

export type AlipayMethod = Extract<PayMethod, 'page' | 'wap' | 'qr'>;

/** What Alipay has contracted for each way to pay; page pay demands that it is named. */
const PRODUCT_CODES: Record<AlipayMethod, readonly string[]> = {
  page: ['FAST_INSTANT_TRADE_PAY'],
  wap: ['QUICK_WAP_WAY', 'QUICK_WAP_PAY'],
  qr: ['FACE_TO_FACE_PAYMENT', 'QR_CODE_OFFLINE'],
};

const bizTerms = z.object({
  out_trade_no: z.string().regex(/^\w{1,64}$/, '必须是1至64位字母、数字或下划线'),
  total_amount: z.union([z.string(), z.number()]).transform(String),
  subject: z.string().min(1).max(256),
  body: z.string().max(400).optional(),
  product_code: z.string().optional(),
  seller_id: z.string().optional(),
  passback_params: z.string().max(512).optional(),
  time_expire: z.string().optional(),
  timeout_express: z.string().optional(),
});

const httpUrl = z.url({ protocol: /^https?$/ });

/** Reads the terms of a new trade from `biz_content`, as strictly as Alipay's documents. */
export function readTerms(
  request: AlipayRequest,
  method: AlipayMethod,
  now: number,
): TradeTerms | AlipayFailure {
  const parsed = bizTerms.safeParse(request.biz);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return invalidParameter(`${issue?.path.join('.') ?? 'biz_content'} ${issue?.message ?? ''}`.trim());
  }
  const biz = parsed.data;
  const { appId, sellerId } = request.application;
  const amountFen = parseYuan(biz.total_amount);
  if (amountFen === undefined || amountFen < 1n || amountFen > MAX_FEN)
    return invalidParameter('total_amount');
  if (biz.seller_id !== undefined && biz.seller_id !== '' && biz.seller_id !== sellerId) {
    return invalidParameter('seller_id');
  }
  if (
    biz.product_code === undefined ? method === 'page' : !PRODUCT_CODES[method].includes(biz.product_code)
  ) {
    return invalidParameter(`product_code (${PRODUCT_CODES[method].join(', ')})`);
  }
  for (const [name, url] of [
    ['notify_url', request.notifyUrl],
    ['return_url', request.returnUrl],
  ] as const) {
    if (url !== undefined && !httpUrl.safeParse(url).success) return invalidParameter(name);
  }
  const expiresAt = expiryOf(biz, now);
  if (expiresAt === undefined) return invalidParameter('time_expire / timeout_express');
  return {
    channel: 'alipay',
    account: appId,
    outTradeNo: biz.out_trade_no,
    method,
    amountFen,
    subject: biz.subject,
    ...(biz.body === undefined ? {} : { body: biz.body }),
    ...(biz.passback_params === undefined ? {} : { passback: biz.passback_params }),
    ...(request.notifyUrl === undefined ? {} : { notifyUrl: request.notifyUrl }),
    ...(request.returnUrl === undefined ? {} : { returnUrl: request.returnUrl }),
    expiresAt,
  };
}

/** Why a trade of that number can't be opened, in Alipay's words. */
export const OPEN_FAILURES = {
  mismatch: failures.contextInconsistent,
  paid: failures.tradeHasSuccess,
  closed: failures.tradeHasClose,
  expired: failures.expiryPassed,
} as const;
