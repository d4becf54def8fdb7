import { z } from 'zod';
import { MAX_FEN } from '../trade/fen.js';
import { failures, invalidParameter, isFailure, type WechatFailure } from './failure.js';
import * as parameters from './parameters.js';
import type { WechatMerchant } from './wechat-merchants.js';
import { parseRfc3339 } from './wechat-time.js';

/** The ways to pay, as they stand in the URL. */
export const WECHAT_METHODS = ['native', 'h5', 'jsapi', 'app'] as const;
export type WechatMethod = (typeof WECHAT_METHODS)[number];

/** An unpaid order stays open for seven days at most, and for that long when it is told nothing. */
const MAX_OPEN_MS = 7 * 24 * 60 * 60_000;

const object = z.record(z.string(), z.unknown());
const common = {
  appid: z.string().min(1).max(32),
  mchid: parameters.mchid,
  description: z.string().min(1).max(127),
  out_trade_no: parameters.outTradeNo,
  time_expire: z.string().min(1).max(64).optional(),
  attach: z.string().max(128).optional(),
  notify_url: parameters.notifyUrl,
  goods_tag: z.string().max(32).optional(),
  support_fapiao: z.boolean().optional(),
  amount: z.object({
    total: z.number().int().min(1).max(Number(MAX_FEN)),
    currency: z.literal('CNY', '仅支持CNY').default('CNY'),
  }),
  detail: object.optional(),
  settle_info: object.optional(),
};
const scene = z.object({ payer_client_ip: z.string().min(1).max(45) });
const openid = z.string().min(1).max(128);

const schemas = {
  native: z.object({ ...common, scene_info: scene.optional() }),
  app: z.object({ ...common, scene_info: scene.optional() }),
  jsapi: z.object({ ...common, payer: z.object({ openid }), scene_info: scene.optional() }),
  h5: z.object({
    ...common,
    scene_info: scene.extend({ h5_info: z.object({ type: z.string().min(1).max(32) }) }),
  }),
} as const satisfies Record<WechatMethod, z.ZodType>;

/** What a merchant asks for, checked. */
export interface PrepayTerms {
  readonly method: WechatMethod;
  readonly mchid: string;
  readonly appid: string;
  readonly outTradeNo: string;
  readonly description: string;
  readonly attach?: string;
  readonly notifyUrl: string;
  readonly amountFen: bigint;
  readonly expiresAt: number;
  /** Of the payer whom a JSAPI payment names. */
  readonly openid?: string;
}

/** Reads the body of `POST /v3/pay/transactions/{method}`. */
export function readPrepayTerms(
  method: WechatMethod,
  text: string,
  merchant: WechatMerchant,
  now: number,
): PrepayTerms | WechatFailure {
  const parsed = parameters.parseBody(text);
  if (isFailure(parsed)) return parsed;
  const checked = parameters.check(schemas[method], parsed.body, 'body');
  if (isFailure(checked)) return checked;
  const { values } = checked;
  if (values.mchid !== merchant.mchid) return failures.wrongMchid;
  if (!merchant.appids.includes(values.appid)) return failures.wrongAppId;
  const expiresAt = values.time_expire === undefined ? now + MAX_OPEN_MS : parseRfc3339(values.time_expire);
  if (expiresAt === undefined || expiresAt <= now || expiresAt > now + MAX_OPEN_MS) {
    const issue = expiresAt === undefined ? '时间格式应为rfc3339' : '支付结束时间须晚于当前时间，且不超过7天';
    return invalidParameter('body', '/time_expire', issue, values.time_expire);
  }
  return {
    method,
    mchid: values.mchid,
    appid: values.appid,
    outTradeNo: values.out_trade_no,
    description: values.description,
    ...(values.attach === undefined ? {} : { attach: values.attach }),
    notifyUrl: values.notify_url,
    amountFen: BigInt(values.amount.total),
    expiresAt,
    ...('payer' in values ? { openid: values.payer.openid } : {}),
  };
}
