import { describe, expect, it } from '@jest/globals';
import { formatYuan, parseYuan } from './fen.js';

describe('yuan and fen', () => {
  it.each([
    ['50', 5000n],
    ['50.0', 5000n],
    ['50.00', 5000n],
    ['0.01', 1n],
    ['0.1', 10n],
    ['100000000.00', 10_000_000_000n],
    // No binary fraction comes near: 8.2 * 100 is 819.9999999999999.
    ['8.20', 820n],
  ])('reads %s', (text, fen) => {
    expect(parseYuan(text)).toBe(fen);
  });

  it.each([
    '',
    ' 1',
    '1.',
    '.5',
    '1.001',
    '01.00',
    '-1.00',
    '+1',
    '1e3',
    '1,00',
    '１.00',
    'NaN',
    '10000000000',
  ])('takes "%s" for no amount', (text) => {
    expect(parseYuan(text)).toBeUndefined();
  });

  it.each([
    [0n, '0.00'],
    [1n, '0.01'],
    [5000n, '50.00'],
    [10_000_000_000n, '100000000.00'],
  ])('writes %s fen', (fen, text) => {
    expect(formatYuan(fen)).toBe(text);
  });
});
