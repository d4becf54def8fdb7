import { ChannelError } from '../channel-error.js';
import type { ChannelRefund, RefundRequest } from '../payment-channel.js';
import type { AlipayGateway } from './alipay-gateway.js';
import { amountOf, malformed, text, yuanOf } from './alipay-replies.js';
import { fromBeijingTime } from '../beijing-time.js';

type RefundNumbers = Pick<RefundRequest, 'outTradeNo' | 'outRefundNo'>;

/** Refusals that repeating may outlive, or that somebody has to deal with, or that have a name of their own. */
const REFUSALS: Readonly<Record<string, (message: string) => ChannelRefund>> = {
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': (message) => ({ state: 'SHORT_OF_FUNDS', message }),
  'ACQ.TRADE_HAS_FINISHED': (message) => ({ state: 'FAILED', problem: 'TOO_OLD', message }),
  'ACQ.BUYER_NOT_EXIST': (message) => ({ state: 'ABNORMAL', message }),
  'ACQ.BUYER_ENABLE_STATUS_FORBID': (message) => ({ state: 'ABNORMAL', message }),
};

/**
 * `alipay.trade.refund`. Our number is what makes a repeat harmless: it answers 10000 with `fund_change=N`, which is no
 * second refund, and no proof of the first one either. And a refusal may be the answer to a repeat whose first call went
 * through. So everything but a fresh `Y` is looked up before it is believed.
 */
export async function refundAtAlipay(gateway: AlipayGateway, request: RefundRequest): Promise<ChannelRefund> {
  try {
    const reply = await gateway.call('alipay.trade.refund', {
      out_trade_no: request.outTradeNo,
      out_request_no: request.outRefundNo,
      refund_amount: yuanOf(request.amount),
      refund_reason: request.reason,
    });
    expectNumber(reply['out_trade_no'], request.outTradeNo);
    if (reply['fund_change'] === 'Y') {
      // `refund_fee` is the sum of the trade's refunds, not this one's amount.
      const refundedAt = fromBeijingTime(text(reply['gmt_refund_pay'])) ?? new Date();
      return { state: 'SUCCEEDED', channelRefundNo: null, amount: request.amount, refundedAt };
    }
    const known = await queryRefundAtAlipay(gateway, request);
    return known.state === 'NOT_FOUND' ? { state: 'PROCESSING' } : known;
  } catch (error) {
    if (!ChannelError.is(error, 'REFUSED') || !error.channelCode.startsWith('ACQ.')) throw error;
    const known = await queryRefundAtAlipay(gateway, request);
    if (known.state === 'SUCCEEDED') return known;
    const refusal = Object.hasOwn(REFUSALS, error.channelCode) ? REFUSALS[error.channelCode] : undefined;
    return (
      refusal?.(error.message) ?? { state: 'FAILED', problem: 'REFUSED_BY_CHANNEL', message: error.message }
    );
  }
}

/** `alipay.trade.fastpay.refund.query`: done if it says so, and not done (or never arrived) if it says nothing. */
export async function queryRefundAtAlipay(
  gateway: AlipayGateway,
  { outTradeNo, outRefundNo }: RefundNumbers,
): Promise<ChannelRefund> {
  try {
    const reply = await gateway.call('alipay.trade.fastpay.refund.query', {
      out_trade_no: outTradeNo,
      out_request_no: outRefundNo,
      query_options: ['gmt_refund_pay'],
    });
    const status = text(reply['refund_status']);
    if (status === '') return { state: 'NOT_FOUND' };
    if (status !== 'REFUND_SUCCESS') throw malformed('refund_status');
    expectNumber(reply['out_trade_no'], outTradeNo);
    expectNumber(reply['out_request_no'], outRefundNo);
    return {
      state: 'SUCCEEDED',
      channelRefundNo: null,
      amount: amountOf(reply['refund_amount'], 'refund_amount'),
      refundedAt: fromBeijingTime(text(reply['gmt_refund_pay'])) ?? new Date(),
    };
  } catch (error) {
    if (ChannelError.is(error) && error.channelCode === 'ACQ.TRADE_NOT_EXIST') return { state: 'NOT_FOUND' };
    throw error;
  }
}

/** @throws ChannelError when a reply, though signed, answers another question. */
export function expectNumber(said: unknown, asked: string): void {
  if (said === asked) return;
  throw new ChannelError('UNTRUSTED', 'OTHER_TRADE', `Alipay's answer is about another number than ${asked}`);
}
