import { describe, expect, it } from '@jest/globals';
import { parseYuan } from '#libs/money';
import { chargesOf } from './charges.js';

const rates = { feeBps: 50, minFee: parseYuan('1.00'), taxBps: 300 };

describe('what a withdrawal costs', () => {
  it.each([
    ['1000.00', '5.00', '30.00', '965.00'],
    // Less than the least fee would be.
    ['100.00', '1.00', '3.00', '96.00'],
    // Half a fen is rounded up, in each part by itself.
    ['300.33', '1.50', '9.01', '289.82'],
  ])('%s yuan: fee %s, tax %s, and %s for the payee', (amount, fee, tax, net) => {
    const charges = chargesOf(parseYuan(amount), rates);
    expect(charges).toEqual({ fee: parseYuan(fee), tax: parseYuan(tax), net: parseYuan(net) });
    expect(charges.fee + charges.tax + charges.net).toBe(parseYuan(amount));
  });

  it('is nothing where no rate is set, whatever the least fee', () => {
    const free = { feeBps: 0, minFee: parseYuan('1.00'), taxBps: 0 };
    expect(chargesOf(parseYuan('10.00'), free)).toEqual({ fee: 0n, tax: 0n, net: parseYuan('10.00') });
  });

  it('can be more than a tiny amount: nothing is left then', () => {
    expect(chargesOf(parseYuan('0.50'), rates).net).toBeLessThan(0n);
  });
});
