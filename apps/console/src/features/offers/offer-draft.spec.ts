import { describe, expect, it } from '@jest/globals';
import { basisPointsOf, problemsOf, termsOf, type OfferDraft } from './offer-draft';

const draft: OfferDraft = {
  name: 'Spring',
  type: 'percentage',
  percent: '10',
  maxBonus: '',
  tiers: [{ from: '100', bonus: '10' }],
  starts: '2026-03-01T00:00',
  ends: '',
  firstOnly: false,
  limit: null,
};

describe('an offer that is being typed', () => {
  it.each([
    ['10', 1_000],
    ['0.01', 1],
    ['12.5', 1_250],
    ['100', 10_000],
    ['100.01', null],
    ['0', null],
    ['1e2', null],
    ['', null],
  ])('reads %j percent as %p basis points', (percent, points) => {
    expect(basisPointsOf(percent)).toBe(points);
  });

  it('only minds the parts of the rule that was chosen', () => {
    expect([...problemsOf({ ...draft, tiers: [{ from: '', bonus: '' }] })]).toEqual([]);
    expect([
      ...problemsOf({ ...draft, type: 'threshold', percent: '', tiers: [{ from: '', bonus: '1' }] }),
    ]).toEqual(['tiers']);
  });

  it('does not end before it begins', () => {
    expect([...problemsOf({ ...draft, ends: '2026-02-28T00:00' })]).toEqual(['ends']);
  });

  it('becomes what the API takes', () => {
    expect(termsOf({ ...draft, type: 'threshold' }).rule).toEqual({
      type: 'threshold',
      tiers: [{ minAmount: '100.00', bonus: '10.00' }],
    });
    expect(termsOf(draft).rule).toEqual({ type: 'percentage', basisPoints: 1_000, maxBonus: null });
  });
});
