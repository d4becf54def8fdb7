import { type payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import type { ChannelTrade } from '#libs/payments';

/** What we know of an attempt at the moment that the channel tells us something, both rows locked. */
export interface AttemptFacts {
  readonly attemptState: payment.AttemptState;
  readonly orderState: payment.OrderState;
  readonly amount: bigint;
  readonly channelTradeNo: string | null;
}

export type SettlementDecision =
  /** The buyer's money is there for this order: credit it. `late`: we had closed the order. */
  | { readonly action: 'PAY'; readonly late: boolean }
  /** Paid, but not as asked: an operator has to look; nothing is credited. */
  | { readonly action: 'CONFLICT'; readonly reason: string }
  | { readonly action: 'CLOSE' }
  /** Nothing new: a repetition, or news that was overtaken. */
  | { readonly action: 'NONE'; readonly why: string };

const OPEN: readonly payment.AttemptState[] = ['CREATED', 'PENDING'];

/**
 * What follows from the channel's word about a trade. The one place where that is decided, whether the word came by
 * notify, by query or by closing. Pure.
 *
 * @param mismatches what the channel itself found wrong about whose trade it is.
 */
export function decideSettlement(
  facts: AttemptFacts,
  trade: ChannelTrade,
  mismatches: readonly string[],
): SettlementDecision {
  switch (trade.state) {
    case 'WAITING':
    case 'NOT_FOUND':
      return { action: 'NONE', why: `the channel says ${trade.state}` };
    case 'CLOSED':
      if (mismatches.length > 0) {
        return { action: 'NONE', why: `the trade that was closed is not ours: ${mismatches.join('; ')}` };
      }
      // A refunded trade is "closed" too: after SUCCEEDED the word means nothing about the payment.
      return OPEN.includes(facts.attemptState)
        ? { action: 'CLOSE' }
        : { action: 'NONE', why: `the attempt is ${facts.attemptState} already` };
    case 'PAID':
      return decidePaid(facts, trade, mismatches);
  }
}

function decidePaid(
  facts: AttemptFacts,
  trade: Extract<ChannelTrade, { state: 'PAID' }>,
  mismatches: readonly string[],
): SettlementDecision {
  if (facts.attemptState === 'SUCCEEDED' ||
    facts.attemptState === 'CONFLICTED' ||
    facts.attemptState === 'DUPLICATED') {
    return { action: 'NONE', why: `the attempt is ${facts.attemptState} already` };
  }
  const reasons = [...mismatches];
  if (trade.amount !== facts.amount) {
    reasons.push(`paid ${formatYuan(trade.amount)} yuan where ${formatYuan(facts.amount)} were asked for`);
  }
  if (facts.orderState === 'PAID' || facts.orderState === 'CREDITED') {
    reasons.push('the order had been paid by another attempt');
  }
  return reasons.length > 0
    ? { action: 'CONFLICT', reason: reasons.join('; ') }
    : { action: 'PAY', late: facts.orderState === 'CLOSED' };
}
