import type { payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import { ChannelError, type ChannelRefund } from '#libs/payments';

/** What follows from the channel's word about a refund. */
export type RefundDecision =
  | { readonly action: 'SUCCEED'; readonly channelRefundNo: string | null; readonly refundedAt: Date }
  /** It will never be given back under this number. */
  | { readonly action: 'FAIL'; readonly problem: payment.RefundProblem; readonly message: string }
  /** Not decided: asked again, ever more rarely. With a problem, somebody should look. */
  | {
      readonly action: 'WAIT';
      readonly problem: payment.RefundProblem | null;
      readonly message: string | null;
    }
  /** The channel said nothing: what was known of it before still holds, and it is asked again. */
  | { readonly action: 'ASK_LATER' }
  /** The channel has never heard of it: the same request is sent (again) under the same number. */
  | { readonly action: 'SEND' };

const WAIT: RefundDecision = { action: 'WAIT', problem: null, message: null };

/** Pure: the one place where it is decided, whether the word came by an answer, a query or a notify. */
export function decideRefund(asked: bigint, answer: ChannelRefund): RefundDecision {
  switch (answer.state) {
    case 'SUCCEEDED':
      return answer.amount === asked
        ? { action: 'SUCCEED', channelRefundNo: answer.channelRefundNo, refundedAt: answer.refundedAt }
        : {
            action: 'WAIT',
            problem: 'ABNORMAL',
            message: `The channel gave back ${formatYuan(answer.amount)} yuan where ${formatYuan(asked)} were asked for`,
          };
    case 'FAILED':
      return { action: 'FAIL', problem: answer.problem, message: answer.message };
    case 'ABNORMAL':
      return { action: 'WAIT', problem: 'ABNORMAL', message: answer.message };
    case 'SHORT_OF_FUNDS':
      return { action: 'WAIT', problem: 'INSUFFICIENT_SELLER_BALANCE', message: answer.message };
    case 'NOT_FOUND':
      return { action: 'SEND' };
    case 'PROCESSING':
      return WAIT;
  }
}

/**
 * What follows when sending it failed. Only a plain refusal is an end; whatever else happened, the channel may have done
 * it all the same.
 */
export function decideRefundError(error: ChannelError): RefundDecision {
  return error.kind === 'REFUSED'
    ? { action: 'FAIL', problem: 'REFUSED_BY_CHANNEL', message: error.message }
    : { action: 'ASK_LATER' };
}
