import { randomInt } from 'node:crypto';
import { isPaid, reportedFen, type Trade, type TradeState } from '../trade/trade.js';
import type { WechatOrder } from './prepay-book.js';
import { formatRfc3339 } from './wechat-time.js';

/** How buyers pay here: from the balance of their WeChat wallet. */
export const BANK_TYPE = 'OTHERS';

const TRADE_TYPE: Readonly<Record<string, string>> = {
  native: 'NATIVE',
  h5: 'MWEB',
  jsapi: 'JSAPI',
  app: 'APP',
};

const STATES = {
  WAITING: ['NOTPAY', '订单未支付'],
  PAID: ['SUCCESS', '支付成功'],
  FINISHED: ['SUCCESS', '支付成功'],
  CLOSED: ['CLOSED', '订单已关闭'],
} as const satisfies Record<TradeState, readonly [string, string]>;

/** `trade_type` of a trade. */
export function tradeTypeOf(trade: Trade): string {
  return TRADE_TYPE[trade.method] ?? trade.method.toUpperCase();
}

/**
 * A transaction as the channel reports it in queries and notifies. Money that went back turns SUCCESS into REFUND, also
 * when only a part did.
 *
 * @param state the state that is reported; the present one, unless an old notify tells of an older one
 */
export function transactionOf(
  trade: Trade,
  order: WechatOrder,
  hasRefunds: boolean,
  state: TradeState = trade.state,
): Record<string, unknown> {
  const paid = state === 'PAID' || state === 'FINISHED';
  const [tradeState, description] =
    paid && hasRefunds ? ['REFUND', '订单发生过退款，退款详情请查询退款单'] : STATES[state];
  const total = Number(paid ? reportedFen(trade) : trade.amountFen);
  return {
    amount: paid
      ? { currency: 'CNY', payer_currency: 'CNY', payer_total: total, total }
      : { currency: 'CNY', payer_currency: 'CNY', total },
    appid: order.appid,
    ...(trade.passback === undefined ? {} : { attach: trade.passback }),
    mchid: order.mchid,
    out_trade_no: trade.outTradeNo,
    promotion_detail: [],
    ...(paid && isPaid(trade)
      ? {
          bank_type: BANK_TYPE,
          payer: { openid: order.openid },
          success_time: formatRfc3339(trade.paidAt ?? trade.createdAt),
          trade_type: tradeTypeOf(trade),
          transaction_id: trade.tradeNo,
        }
      : {}),
    trade_state: tradeState,
    trade_state_desc: description,
  };
}

/** 28 digits: the kind of business, the day, and a part that the sequence number makes unique. */
export function newTransactionId(sequence: number, now: number): string {
  const day = formatRfc3339(now).slice(0, 10).replaceAll('-', '');
  return `4200${String(randomInt(10 ** 6)).padStart(6, '0')}${day}${String(sequence).padStart(10, '0')}`;
}
