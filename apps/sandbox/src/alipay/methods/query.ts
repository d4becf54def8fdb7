import { formatYuan } from '../../trade/fen.js';
import type { RefundBook } from '../../refund/refund-book.js';
import type { TradeBook } from '../../trade/trade-book.js';
import { isPaid, reportedFen } from '../../trade/trade.js';
import { BUYER, FUND_CHANNEL, TRADE_STATUS } from '../alipay-words.js';
import { formatBeijing } from '../../trade/beijing-time.js';
import { failures, invalidParameter, type AlipayFailure } from '../failure.js';
import type { AlipayRequest } from '../request.js';
import type { ReplyBody } from '../reply.js';
import { isFullyRefunded } from './refund.js';
import { findTrade, numbersOf } from './trade-number.js';

const NOTHING = '0.00';

/** `alipay.trade.query` */
export function queryTrade(
  book: TradeBook,
  refunds: RefundBook,
  request: AlipayRequest,
): ReplyBody | AlipayFailure {
  const numbers = numbersOf(request);
  if (numbers === undefined) return invalidParameter('out_trade_no / trade_no');
  const trade = findTrade(book, request, numbers);
  if (trade === undefined) {
    return {
      ...failures.tradeNotExist,
      buyer_pay_amount: NOTHING,
      invoice_amount: NOTHING,
      ...numbers,
      point_amount: NOTHING,
      receipt_amount: NOTHING,
    };
  }
  trade.queries += 1;
  const paid = isPaid(trade) ? formatYuan(reportedFen(trade)) : NOTHING;
  return {
    code: '10000',
    msg: 'Success',
    buyer_logon_id: BUYER.logonId,
    buyer_pay_amount: paid,
    buyer_user_id: BUYER.id,
    buyer_user_type: 'PRIVATE',
    ...(isPaid(trade) ? { fund_bill_list: [{ amount: paid, fund_channel: FUND_CHANNEL }] } : {}),
    invoice_amount: paid,
    out_trade_no: trade.outTradeNo,
    point_amount: NOTHING,
    receipt_amount: paid,
    ...(trade.paidAt === undefined ? {} : { send_pay_date: formatBeijing(trade.paidAt) }),
    subject: trade.subject,
    total_amount: formatYuan(reportedFen(trade)),
    trade_no: trade.tradeNo,
    trade_status: TRADE_STATUS[isFullyRefunded(refunds, trade) ? 'CLOSED' : trade.state],
  };
}
