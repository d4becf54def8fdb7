import type { TradeBook } from '../../trade/trade-book.js';
import { failures, invalidParameter, type AlipayFailure } from '../failure.js';
import type { AlipayRequest } from '../request.js';
import type { ReplyBody } from '../reply.js';
import { findTrade, numbersOf } from './trade-number.js';

/**
 * `alipay.trade.close`: only a trade that waits for its buyer can be closed. A QR code that nobody has scanned is no trade
 * yet, so there is nothing to close, and it stays payable until its expiry: the caller must not take it for closed.
 */
export function closeTrade(book: TradeBook, request: AlipayRequest): ReplyBody | AlipayFailure {
  const numbers = numbersOf(request);
  if (numbers === undefined) return invalidParameter('out_trade_no / trade_no');
  const trade = findTrade(book, request, numbers);
  if (trade === undefined) return failures.tradeNotExist;
  switch (book.close(trade)) {
    case 'paid':
      return failures.tradeStatusError;
    case 'already-closed':
      return failures.tradeHasClose;
    case 'closed':
      return { code: '10000', msg: 'Success', out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo };
  }
}
