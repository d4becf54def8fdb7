import { describe, expect, it } from '@jest/globals';
import { lineOf } from './line-of';

describe('where a refusal of the bank’s results points', () => {
  it.each([
    ['lines.3.amount', { line: 3, column: 'amount' }],
    ['lines.1200.bank_reference', { line: 1_200, column: 'bank_reference' }],
    ['lines.4', { line: 4, column: '' }],
    ['csv', { line: null, column: 'csv' }],
  ])('%s', (field, place) => {
    expect(lineOf(field)).toEqual(place);
  });
});
