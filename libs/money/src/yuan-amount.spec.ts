import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { yuanAmount } from './yuan-amount.js';

const recharge = z.object({ amount: yuanAmount({ min: 10_000n, max: 50_000_000_000n }) });

/** What the sender of a body is told about its amount. */
function complaints(body: unknown, schema: z.ZodType = recharge): string[] {
  return (
    z.safeParse(schema, body).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? []
  );
}

describe('an amount in a JSON body', () => {
  it('is a decimal string outside and micro-yuan inside', () => {
    expect(recharge.parse({ amount: '50.00' })).toEqual({ amount: 50_000_000n });
    expect(z.encode(recharge, { amount: 50_000_000n })).toEqual({ amount: '50.00' });
  });

  it.each([
    ['a number', 50],
    ['nothing', undefined],
    ['null', null],
    ['an object', {}],
  ])('is refused as %s, with an example of what it must be', (_words, amount) => {
    expect(complaints({ amount })).toEqual(['amount must be a string such as "50.00"']);
  });

  it.each([
    ['1e3', 'amount must be plain decimal yuan such as "50.00": without an exponent'],
    ['-5', 'amount must be plain decimal yuan such as "50.00": without a sign'],
    ['0.001', 'amount must have at most 2 decimals'],
    ['0', 'amount must be from 0.01 to 50000.00 yuan'],
    ['50000.01', 'amount must be from 0.01 to 50000.00 yuan'],
    ['1'.repeat(25), 'amount is too long for an amount'],
  ])('is refused as %s with one complaint', (amount, complaint) => {
    expect(complaints({ amount })).toEqual([complaint]);
  });

  it('takes both ends of its range', () => {
    expect(complaints({ amount: '0.01' })).toEqual([]);
    expect(complaints({ amount: '50000.00' })).toEqual([]);
  });

  it('is more than zero, unless a smallest amount is given', () => {
    expect(complaints('0.00', yuanAmount())).toEqual([' must be more than zero']);
    expect(complaints('0.00', yuanAmount({ max: 20_000n }))).toEqual([
      ' must be more than zero and at most 0.02 yuan',
    ]);
    expect(complaints('0.99', yuanAmount({ min: 1_000_000n }))).toEqual([' must be at least 1.00 yuan']);
    expect(yuanAmount({ min: 0n }).parse('0.00')).toBe(0n);
  });

  it('is never sent rounded', () => {
    expect(z.safeEncode(yuanAmount(), 12_345n).error?.issues[0]?.message).toBe(
      "12345 micro-yuan can't be written in yuan with 2 decimals",
    );
  });
});
