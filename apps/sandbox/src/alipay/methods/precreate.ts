import type { QrCodes } from '../../trade/qr-codes.js';
import { isFailure, type AlipayFailure } from '../failure.js';
import type { AlipayRequest } from '../request.js';
import type { ReplyBody } from '../reply.js';
import { OPEN_FAILURES, readTerms } from '../trade-terms.js';

/** `alipay.trade.precreate`: a code to scan. The trade begins with the scan, not here. */
export function precreateTrade(
  qrCodes: QrCodes,
  request: AlipayRequest,
  publicUrl: string,
): ReplyBody | AlipayFailure {
  const terms = readTerms(request, 'qr', Date.now());
  if (isFailure(terms)) return terms;
  const announced = qrCodes.announce(terms);
  if (announced.outcome !== 'announced') return OPEN_FAILURES[announced.outcome];
  return {
    code: '10000',
    msg: 'Success',
    out_trade_no: terms.outTradeNo,
    qr_code: `${publicUrl}/qr/${announced.qrCode.code}`,
  };
}
