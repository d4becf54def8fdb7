import { beforeEach, describe, expect, it } from '@jest/globals';
import { RechargeIntents, type RechargeIntent } from './recharge-intent';

const intent: RechargeIntent = { accountId: '1', amount: '50.00', channel: 'alipay', method: 'page' };

describe('the idempotency key of a recharge', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  let made = 0;
  const page = (): RechargeIntents => new RechargeIntents(storage, () => `key-${(made += 1)}`);

  beforeEach(() => kept.clear());

  it('is the same for a double click and for another try after a time-out', () => {
    const intents = page();
    expect(intents.keyOf(intent)).toBe(intents.keyOf({ ...intent }));
  });

  it('survives loading the page anew', () => {
    expect(page().keyOf(intent)).toBe(page().keyOf(intent));
  });

  it.each([
    ['amount', { amount: '50.01' }],
    ['channel', { channel: 'wechat' }],
    ['method', { method: 'qr' }],
    ['offer', { offerId: '7' }],
    ['account', { accountId: '2' }],
  ])('is another one for another %s', (_, change) => {
    const intents = page();
    expect(intents.keyOf({ ...intent, ...change })).not.toBe(intents.keyOf(intent));
  });

  it('is another one once the order exists', () => {
    const intents = page();
    const first = intents.keyOf(intent);
    intents.fulfilled();
    expect(intents.keyOf(intent)).not.toBe(first);
  });

  it('gets over whatever else stands in the storage', () => {
    storage.setItem('clearbid.recharge-intent', '{"of":');
    expect(page().keyOf(intent)).toMatch(/^key-/);
  });
});
