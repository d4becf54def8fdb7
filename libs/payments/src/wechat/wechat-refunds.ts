import { ChannelError } from '../channel-error.js';
import type { ChannelRefund, RefundRequest } from '../payment-channel.js';
import { type WechatObject, expectSame, fenOf, fitBytes, malformed } from './wechat-fields.js';
import type { WechatHttp } from './wechat-http.js';
import { isRefundUnknown, refundOf } from './wechat-replies.js';

type RefundNumbers = Pick<RefundRequest, 'outTradeNo' | 'outRefundNo'>;

const PATH = '/v3/refund/domestic/refunds';
const MAX_REASON_BYTES = 80;

/**
 * `POST /v3/refund/domestic/refunds`. Our number is what makes a repeat harmless. A refusal may be the answer to a repeat
 * whose first call went through (its answer was lost, and now the rest of the trade is too little), so no refusal is
 * believed before the refund has been looked up.
 */
export async function refundAtWechat(http: WechatHttp, request: RefundRequest): Promise<ChannelRefund> {
  const body = {
    out_trade_no: request.outTradeNo,
    out_refund_no: request.outRefundNo,
    ...(request.reason === '' ? {} : { reason: fitBytes(request.reason, MAX_REASON_BYTES) }),
    notify_url: request.notifyUrl,
    amount: { refund: fenOf(request.amount), total: fenOf(request.totalAmount), currency: 'CNY' },
  };
  let refusal: ChannelError;
  try {
    return readReply(await http.post(PATH, body), request);
  } catch (error) {
    if (!ChannelError.is(error, 'REFUSED')) throw error;
    refusal = error;
  }
  const known = await lookUp(http, request, refusal);
  return known.state === 'NOT_FOUND' ? meaningOf(refusal) : known;
}

/** `GET …/{out_refund_no}` */
export async function queryRefundAtWechat(http: WechatHttp, numbers: RefundNumbers): Promise<ChannelRefund> {
  try {
    return readReply(await http.get(`${PATH}/${encodeURIComponent(numbers.outRefundNo)}`), numbers);
  } catch (error) {
    if (isRefundUnknown(error)) return { state: 'NOT_FOUND' };
    throw error;
  }
}

/** A question that is refused, too, proves nothing of the refund. */
async function lookUp(
  http: WechatHttp,
  numbers: RefundNumbers,
  refusal: ChannelError,
): Promise<ChannelRefund> {
  try {
    return await queryRefundAtWechat(http, numbers);
  } catch (error) {
    if (!ChannelError.is(error, 'REFUSED')) throw error;
    throw new ChannelError('UNKNOWN', refusal.channelCode, refusal.message, { cause: error });
  }
}

function readReply(
  reply: WechatObject | undefined,
  { outTradeNo, outRefundNo }: RefundNumbers,
): ChannelRefund {
  if (!reply) throw malformed('status');
  expectSame(reply, 'out_trade_no', outTradeNo);
  expectSame(reply, 'out_refund_no', outRefundNo);
  return refundOf(reply, 'status');
}

/**
 * What a refusal says of a refund that WeChat Pay does not know. There is no code of its own for a payment of more than a
 * year ago, nor for one that is asked for too often: only `INVALID_REQUEST` with words that say so. If they change, it is
 * still a refund that was not done, with WeChat Pay's own words.
 *
 * @throws ChannelError `NOT_DONE` where only the moment was wrong.
 */
function meaningOf({ channelCode, message }: ChannelError): ChannelRefund {
  switch (channelCode) {
    case 'NOT_ENOUGH':
    case 'NOTENOUGH':
      return { state: 'SHORT_OF_FUNDS', message };
    case 'USER_ACCOUNT_ABNORMAL':
      // The buyer's account is gone: the money has to find another way.
      return { state: 'ABNORMAL', message };
    case 'TRADE_OVERDUE':
      return { state: 'FAILED', problem: 'TOO_OLD', message };
    default:
  }
  if (channelCode === 'INVALID_REQUEST') {
    if (/频率|频繁/.test(message))
      throw new ChannelError('NOT_DONE', channelCode, message, { backOff: true });
    if (/期限|超过一年|超过1年/.test(message)) return { state: 'FAILED', problem: 'TOO_OLD', message };
  }
  return { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL', message };
}
