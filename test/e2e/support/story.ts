import type { Account, Page } from '#libs/testing';

export interface StoryEvent {
  readonly kind: string;
  readonly attemptId: string | null;
  readonly refundId: string | null;
  readonly channel: string | null;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** Everything that happened to an order, oldest first, as its merchant reads it. */
export async function storyOf(merchant: Account, rechargeId: string): Promise<readonly StoryEvent[]> {
  return (await merchant.call<Page<StoryEvent>>('GET', `/v1/recharges/${rechargeId}/events`)).items;
}

/** The same, as an operator reads it. */
export async function storyForOperators(
  operator: Account,
  rechargeId: string,
): Promise<readonly StoryEvent[]> {
  return (await operator.call<Page<StoryEvent>>('GET', `/v1/admin/orders/${rechargeId}/events`)).items;
}
