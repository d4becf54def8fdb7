import { type payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import type { ChannelTrade, PaidTrade } from '#libs/payments';

/** What we know of an attempt at the moment that the channel tells us something, both rows locked. */
export interface AttemptFacts {
  /** Which of our accounts at the channel it was opened with. */
  readonly accountId: string;
  readonly attemptState: payment.AttemptState;
  readonly orderState: payment.OrderState;
  readonly amount: bigint;
  readonly channelTradeNo: string | null;
  /** The attempt that is booked with the trade number of the channel's word already, when it is another one. */
  readonly tradeBookedBy: string | null;
}

export type SettlementDecision =
  /** The buyer's money is there for this order: credit it. `late`: we had closed the order. */
  | { readonly action: 'PAY'; readonly late: boolean }
  /** Paid, but not as asked: an operator has to look; nothing is credited. */
  | { readonly action: 'CONFLICT'; readonly reason: string; readonly tradeIsFree: boolean }
  /** Paid as asked, but another attempt had paid the order: it goes back to the buyer by itself. */
  | { readonly action: 'DUPLICATE' }
  | { readonly action: 'CLOSE' }
  /** Nothing new: a repetition, or news that was overtaken. */
  | { readonly action: 'NONE'; readonly why: string };

/** An attempt that is in one of these has had its payment: whatever is said of it again is a repetition. */
const PAID: readonly payment.AttemptState[] = ['SUCCEEDED', 'CONFLICTED', 'DUPLICATED'];
const OPEN: readonly payment.AttemptState[] = ['CREATED', 'PENDING'];

/**
 * What follows from the channel's word about a trade. The one place where that is decided, whether the word came by
 * notify, by query or by closing. Pure.
 *
 * @param accountId our account at the channel whose word it is.
 * @param mismatches what the channel itself found wrong about whose trade it is.
 */
export function decideSettlement(
  facts: AttemptFacts,
  trade: ChannelTrade,
  accountId: string,
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
      return decidePaid(facts, trade, accountId, mismatches);
  }
}

function decidePaid(
  facts: AttemptFacts,
  trade: PaidTrade,
  accountId: string,
  mismatches: readonly string[],
): SettlementDecision {
  if (PAID.includes(facts.attemptState)) {
    return { action: 'NONE', why: `the attempt is ${facts.attemptState} already` };
  }
  const reasons = [...mismatches];
  if (accountId !== facts.accountId) {
    reasons.push(`paid to our account ${accountId}, asked for with ${facts.accountId}`);
  }
  if (trade.amount !== facts.amount) {
    reasons.push(`paid ${formatYuan(trade.amount)} yuan where ${formatYuan(facts.amount)} were asked for`);
  }
  const tradeIsFree = facts.tradeBookedBy === null;
  if (!tradeIsFree) {
    reasons.push(`trade ${trade.channelTradeNo} has paid attempt ${facts.tradeBookedBy} before`);
  }
  if (reasons.length > 0) return { action: 'CONFLICT', reason: reasons.join('; '), tradeIsFree };
  return facts.orderState === 'PAID' || facts.orderState === 'CREDITED'
    ? { action: 'DUPLICATE' }
    : { action: 'PAY', late: facts.orderState === 'CLOSED' };
}
