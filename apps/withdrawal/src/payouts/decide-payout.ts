import type { withdrawal } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import { ChannelError, type ChannelTransfer } from '#libs/payments';

/** What follows from the channel's word about a payout. */
export type PayoutDecision =
  | { readonly action: 'PAID'; readonly channelTransferNo: string; readonly paidAt: Date }
  /** It will never be paid under this number, and the money is still ours. */
  | { readonly action: 'FAILED'; readonly problem: withdrawal.PayoutProblem; readonly message: string }
  | { readonly action: 'CANCELLED' }
  /** It was paid, and came back. */
  | { readonly action: 'RETURNED'; readonly message: string }
  /** Not decided: asked again, ever more rarely. With a problem, somebody should look. */
  | {
      readonly action: 'WAIT';
      readonly problem: withdrawal.PayoutProblem | null;
      readonly message: string | null;
      readonly awaitsPayee: boolean;
      readonly confirmation: string | null;
    }
  /** The channel said nothing certain: what was known of it before still holds, and it is asked again. */
  | { readonly action: 'ASK_LATER' }
  /** The channel has never heard of it: the same request is sent (again) under the same number. */
  | { readonly action: 'SEND' };

const wait = (
  problem: withdrawal.PayoutProblem | null,
  message: string | null,
  more: { awaitsPayee?: boolean; confirmation?: string | null } = {},
): PayoutDecision => ({
  action: 'WAIT',
  problem,
  message,
  awaitsPayee: more.awaitsPayee ?? false,
  confirmation: more.confirmation ?? null,
});

/** Pure: the one place where it is decided, whoever asked. @param net micro-yuan that the payee shall get. */
export function decidePayout(net: bigint, answer: ChannelTransfer): PayoutDecision {
  switch (answer.state) {
    case 'SUCCEEDED':
      if (answer.amount === net)
        return { action: 'PAID', channelTransferNo: answer.channelTransferNo, paidAt: answer.paidAt };
      return wait(
        'AMOUNT_DIFFERS',
        `The channel paid ${formatYuan(answer.amount)} yuan where ${formatYuan(net)} were asked for`,
      );
    case 'PROCESSING':
      return wait(null, null);
    case 'AWAITS_PAYEE':
      return wait(null, null, { awaitsPayee: true, confirmation: answer.confirmation });
    case 'SHORT_OF_FUNDS':
      return wait('SHORT_OF_FUNDS', answer.message);
    case 'FAILED':
      return { action: 'FAILED', problem: answer.problem, message: answer.message };
    case 'CANCELLED':
      return { action: 'CANCELLED' };
    case 'RETURNED':
      if (answer.amount === net) return { action: 'RETURNED', message: answer.message };
      return wait(
        'AMOUNT_DIFFERS',
        `The channel gave ${formatYuan(answer.amount)} yuan back where ${formatYuan(net)} were paid`,
      );
    case 'NOT_FOUND':
      return { action: 'SEND' };
  }
}

/** After an error in sending: only what is certain ends it, and the money of what may have been done stays held. */
export function decidePayoutError(error: ChannelError): PayoutDecision {
  if (error.kind !== 'REFUSED') return { action: 'ASK_LATER' };
  return { action: 'FAILED', problem: 'REFUSED_BY_CHANNEL', message: error.message };
}
