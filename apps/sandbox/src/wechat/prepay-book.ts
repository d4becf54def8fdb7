import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Journal } from '../journal/journal.js';
import type { PrepayTerms } from './prepay-terms.js';
import { formatRfc3339 } from './wechat-time.js';

const ORDER_KIND = 'wechat-order';
const SESSION_KIND = 'wechat-prepay';

/** What only WeChat Pay has to remember of a trade. */
export interface WechatOrder {
  readonly outTradeNo: string;
  readonly mchid: string;
  readonly appid: string;
  /** The payer's id in that application: the one that JSAPI named, or the sandbox's buyer. */
  readonly openid: string;
  /** Which key the merchant verifies with, as its request told: see `WechatNotify`. */
  readonly verifiesWith: 'public-key' | 'certificate';
}

/** One prepay: every call gives a new one, all of them lead to the same trade. */
export interface PrepaySession {
  readonly prepayId: string;
  /** What `code_url` carries. */
  readonly code: string;
  readonly outTradeNo: string;
  readonly createdAt: number;
}

/** The payer of everything that is not paid by JSAPI. */
export const BUYER_OPENID = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';

/** How long the links of a prepay lead anywhere, by the documents. */
export const CODE_VALID_MS = 2 * 60 * 60_000;
export const H5_VALID_MS = 5 * 60_000;

/** Orders and prepays of WeChat Pay, beside the neutral book of trades. */
@Injectable()
export class PrepayBook {
  private readonly orders = new Map<string, WechatOrder>();
  private readonly byPrepayId = new Map<string, PrepaySession>();
  private readonly byCode = new Map<string, PrepaySession>();

  constructor(private readonly journal: Journal) {
    for (const order of journal.take<WechatOrder>(ORDER_KIND)) this.orders.set(order.outTradeNo, order);
    for (const session of journal.take<PrepaySession>(SESSION_KIND)) this.remember(session);
  }

  order(outTradeNo: string): WechatOrder | undefined {
    return this.orders.get(outTradeNo);
  }

  /** The prepay that `prepay_id`, or the code of a `code_url`, names. */
  session(prepayIdOrCode: string): PrepaySession | undefined {
    return this.byPrepayId.get(prepayIdOrCode) ?? this.byCode.get(prepayIdOrCode);
  }

  add(terms: PrepayTerms, verifiesWith: WechatOrder['verifiesWith'], now: number): PrepaySession {
    const { outTradeNo, mchid, appid, openid = BUYER_OPENID } = terms;
    const order: WechatOrder = { outTradeNo, mchid, appid, openid, verifiesWith };
    this.orders.set(outTradeNo, order);
    this.journal.put(ORDER_KIND, outTradeNo, order);
    const session: PrepaySession = {
      prepayId: newPrepayId(now),
      code: randomBytes(7).toString('hex').slice(0, 13),
      outTradeNo,
      createdAt: now,
    };
    this.remember(session);
    this.journal.put(SESSION_KIND, session.prepayId, session);
    return session;
  }

  private remember(session: PrepaySession): void {
    this.byPrepayId.set(session.prepayId, session);
    this.byCode.set(session.code, session);
  }
}

/** `wx`, the time in Beijing, and 20 characters. */
function newPrepayId(now: number): string {
  return `wx${formatRfc3339(now).replace(/\D/g, '').slice(0, 14)}${randomBytes(10).toString('hex')}`;
}
