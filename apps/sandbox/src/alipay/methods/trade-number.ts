import type { TradeBook } from '../../trade/trade-book.js';
import type { Trade } from '../../trade/trade.js';
import type { AlipayRequest } from '../request.js';

/** How a request names a trade: by Alipay's number or by the merchant's. */
export interface TradeNumbers {
  readonly out_trade_no?: string;
  readonly trade_no?: string;
}

/** @returns `undefined` when the request names none. */
export function numbersOf(request: AlipayRequest): TradeNumbers | undefined {
  const { out_trade_no: outTradeNo, trade_no: tradeNo } = request.biz;
  if (typeof tradeNo === 'string' && tradeNo !== '') return { trade_no: tradeNo };
  return typeof outTradeNo === 'string' && outTradeNo !== '' ? { out_trade_no: outTradeNo } : undefined;
}

/** Alipay's number counts when both are given. Others' trades don't exist for whoever asks. */
export function findTrade(
  book: TradeBook,
  { application }: AlipayRequest,
  numbers: TradeNumbers,
): Trade | undefined {
  const trade =
    numbers.trade_no === undefined
      ? book.find('alipay', numbers.out_trade_no ?? '')
      : book.findByTradeNo('alipay', numbers.trade_no);
  return trade?.account === application.appId ? trade : undefined;
}
