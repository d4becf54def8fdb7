import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { PublicAddress } from '../../http/public-address.js';
import { RefundBook } from '../../refund/refund-book.js';
import { TradeBook, type OpenOutcome } from '../../trade/trade-book.js';
import type { Trade, TradeTerms } from '../../trade/trade.js';
import { failures, isFailure, type WechatFailure } from '../failure.js';
import * as parameters from '../parameters.js';
import { PrepayBook, type PrepaySession } from '../prepay-book.js';
import { readPrepayTerms, type PrepayTerms, type WechatMethod } from '../prepay-terms.js';
import { newTransactionId, transactionOf } from '../transaction.js';
import type { WechatMerchant } from '../wechat-merchants.js';
import {
  asksForPublicKey,
  peek,
  type Operation,
  type WechatAnswer,
  type WechatRequest,
} from './operation.js';

const OPEN_FAILURES = {
  mismatch: failures.numberUsed,
  paid: failures.orderPaid,
  closed: failures.orderClosed,
  expired: failures.orderClosed,
} as const satisfies Record<Exclude<OpenOutcome['outcome'], 'created' | 'existing'>, WechatFailure>;

const closeBody = z.object({ mchid: parameters.mchid });

/** Prepay, query and close. */
@Injectable()
export class OrderOperations {
  constructor(
    private readonly book: TradeBook,
    private readonly prepays: PrepayBook,
    private readonly address: PublicAddress,
    private readonly refunds: RefundBook,
  ) {}

  /** `POST /v3/pay/transactions/{native|h5|jsapi|app}`: the trade is there from now on. */
  prepay(method: WechatMethod): Operation {
    return {
      name: `POST /v3/pay/transactions/${method}`,
      subject: (body) => peek(body, 'out_trade_no'),
      work: (request) => {
        const now = Date.now();
        const terms = readPrepayTerms(method, request.body, request.merchant, now);
        if (isFailure(terms)) return terms;
        const known = this.prepays.order(terms.outTradeNo);
        if (known && (known.appid !== terms.appid || known.mchid !== terms.mchid)) return failures.numberUsed;
        const opened = this.book.open(tradeTermsOf(terms), newTransactionId);
        if (opened.outcome !== 'created' && opened.outcome !== 'existing')
          return OPEN_FAILURES[opened.outcome];
        if (!isSameRequest(opened.trade, terms)) return failures.numberUsed;
        const verifiesWith = asksForPublicKey(request.platformSerial) ? 'public-key' : 'certificate';
        return { status: 200, body: this.linkOf(method, this.prepays.add(terms, verifiesWith, now)) };
      },
    };
  }

  /** `GET /v3/pay/transactions/out-trade-no/{out_trade_no}?mchid=` */
  queryByOutTradeNo(outTradeNo: string): Operation {
    return {
      name: 'GET /v3/pay/transactions/out-trade-no/{out_trade_no}',
      subject: () => outTradeNo,
      work: (request) => this.query(request, this.findOf(request.merchant, outTradeNo)),
    };
  }

  /** `GET /v3/pay/transactions/id/{transaction_id}?mchid=`: there is no such number before the payment. */
  queryById(transactionId: string): Operation {
    const trade = this.book.findByTradeNo('wechat', transactionId);
    return {
      name: 'GET /v3/pay/transactions/id/{transaction_id}',
      subject: () => trade?.outTradeNo ?? '',
      work: (request) => {
        const found = trade && this.findOf(request.merchant, trade.outTradeNo);
        return this.query(request, found?.paidAt === undefined ? undefined : found);
      },
    };
  }

  /** `POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close` */
  close(outTradeNo: string): Operation {
    return {
      name: 'POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close',
      subject: () => outTradeNo,
      work: (request) => {
        const parsed = parameters.parseBody(request.body);
        if (isFailure(parsed)) return parsed;
        const checked = parameters.check(closeBody, parsed.body, 'body');
        if (isFailure(checked)) return checked;
        if (checked.values.mchid !== request.merchant.mchid) return failures.wrongMchid;
        const trade = this.findOf(request.merchant, outTradeNo);
        if (trade === undefined) return failures.orderNotExist;
        const outcome = this.book.close(trade);
        if (outcome === 'closed') return { status: 204 };
        return outcome === 'paid' ? failures.orderPaid : failures.orderClosed;
      },
    };
  }

  private query(request: WechatRequest, trade: Trade | undefined): WechatAnswer | WechatFailure {
    const checked = parameters.check(closeBody, Object.fromEntries(request.query), 'query');
    if (isFailure(checked)) return checked;
    if (checked.values.mchid !== request.merchant.mchid) return failures.wrongMchid;
    const order = trade && this.prepays.order(trade.outTradeNo);
    if (trade === undefined || order === undefined) return failures.orderNotExist;
    trade.queries += 1;
    return { status: 200, body: transactionOf(trade, order, this.refunds.takenFen(trade) > 0n) };
  }

  /** Another merchant's trade does not exist for this one. */
  private findOf(merchant: WechatMerchant, outTradeNo: string): Trade | undefined {
    const order = this.prepays.order(outTradeNo);
    return order?.mchid === merchant.mchid ? this.book.find('wechat', outTradeNo) : undefined;
  }

  private linkOf(method: WechatMethod, session: PrepaySession): Record<string, string> {
    if (method === 'native') return { code_url: `weixin://wxpay/bizpayurl?pr=${session.code}` };
    if (method !== 'h5') return { prepay_id: session.prepayId };
    const query = new URLSearchParams({ prepay_id: session.prepayId, package: session.code });
    return { h5_url: `${this.address.url}/cgi-bin/mmpayweb-bin/checkmweb?${query.toString()}` };
  }
}

function tradeTermsOf(terms: PrepayTerms): TradeTerms {
  return {
    channel: 'wechat',
    account: terms.mchid,
    outTradeNo: terms.outTradeNo,
    method: terms.method,
    amountFen: terms.amountFen,
    subject: terms.description,
    ...(terms.attach === undefined ? {} : { passback: terms.attach }),
    notifyUrl: terms.notifyUrl,
    expiresAt: terms.expiresAt,
  };
}

/** The book has compared amount and description; the channel wants the rest to be the same, too. */
function isSameRequest(trade: Trade, terms: PrepayTerms): boolean {
  return (
    trade.method === terms.method && trade.passback === terms.attach && trade.notifyUrl === terms.notifyUrl
  );
}
