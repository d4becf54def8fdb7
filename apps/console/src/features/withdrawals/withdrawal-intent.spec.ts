import { beforeEach, describe, expect, it } from '@jest/globals';
import { WithdrawalIntents, type WithdrawalIntent } from './withdrawal-intent';

const intent: WithdrawalIntent = { accountId: '1', amount: '50.00', payoutAccountId: '7' };

describe('the idempotency key of a withdrawal', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  let made = 0;
  const page = (): WithdrawalIntents => new WithdrawalIntents(storage, () => `key-${(made += 1)}`);

  beforeEach(() => kept.clear());

  it('is the same for a double click, and after the page was loaded anew', () => {
    expect(page().keyOf(intent)).toBe(page().keyOf({ ...intent }));
  });

  it.each([
    ['amount', { amount: '50.01' }],
    ['payout account', { payoutAccountId: '8' }],
    ['person', { accountId: '2' }],
  ])('is another one for another %s', (_, change) => {
    expect(page().keyOf({ ...intent, ...change })).not.toBe(page().keyOf(intent));
  });

  it.each([
    ['the answer was lost', 0],
    ['the service gave up', 503],
    ['the password was wanted first', 403],
    ['the session had to be renewed', 401],
    ['it came too fast', 429],
  ])('stays the same when %s', (_, status) => {
    const first = page().keyOf(intent);
    page().failed({ status, outcomeUnknown: status === 0 || status >= 500 });
    expect(page().keyOf(intent)).toBe(first);
  });

  it('is another one after a refusal, which would be given again for ever', () => {
    const first = page().keyOf(intent);
    page().failed({ status: 409, outcomeUnknown: false });
    expect(page().keyOf(intent)).not.toBe(first);
  });

  it('is another one once the withdrawal exists', () => {
    const first = page().keyOf(intent);
    page().fulfilled();
    expect(page().keyOf(intent)).not.toBe(first);
  });
});
