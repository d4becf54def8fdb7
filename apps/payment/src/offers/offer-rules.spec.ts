import { describe, expect, it } from '@jest/globals';
import type { payment } from '#libs/contracts';
import { parseYuan } from '#libs/money';
import { problemsOfWindow, whyNotAvailable } from './offer-conditions.js';
import { bonusOf, problemsOfRule } from './offer-rules.js';

const percentage = (basisPoints: number, maxBonus: string | null = null): payment.OfferRule => ({
  type: 'percentage',
  basisPoints,
  maxBonus: maxBonus === null ? null : parseYuan(maxBonus),
});
const threshold = (...tiers: [minAmount: string, bonus: string][]): payment.OfferRule => ({
  type: 'threshold',
  tiers: tiers.map(([minAmount, bonus]) => ({ minAmount: parseYuan(minAmount), bonus: parseYuan(bonus) })),
});

describe('what an offer grants', () => {
  it.each([
    ['10 %', percentage(1_000), '100.00', '10.00'],
    ['one hundredth of a percent', percentage(1), '100.00', '0.01'],
    ['a part of a fen, which is not granted', percentage(1), '99.99', '0.00'],
    ['a share rounded down, not to the nearest', percentage(3_333), '0.29', '0.09'],
    ['everything', percentage(10_000), '50000.00', '50000.00'],
    ['the cap exactly', percentage(1_000, '10.00'), '100.00', '10.00'],
    ['no more than the cap', percentage(1_000, '10.00'), '100.10', '10.00'],
    ['nothing below the first tier', threshold(['100.00', '5.00'], ['500.00', '40.00']), '99.99', '0.00'],
    ['a tier that is just reached', threshold(['100.00', '5.00'], ['500.00', '40.00']), '100.00', '5.00'],
    ['the highest tier alone', threshold(['100.00', '5.00'], ['500.00', '40.00']), '50000.00', '40.00'],
  ])('is %s', (_words, rule, amount, bonus) => {
    expect(bonusOf(rule, parseYuan(amount))).toBe(parseYuan(bonus));
  });
});

describe('a rule that an operator got wrong', () => {
  const fields = (rule: payment.OfferRule) => problemsOfRule(rule).map(({ field }) => field);

  it.each<[string, payment.OfferRule, string[]]>([
    ['a cap of nothing', percentage(1_000, '0.00'), ['rule.maxBonus']],
    ['a cap in parts of a fen', { type: 'percentage', basisPoints: 1, maxBonus: 1n }, ['rule.maxBonus']],
    ['tiers out of order', threshold(['500.00', '5.00'], ['100.00', '40.00']), ['rule.tiers.1.minAmount']],
    ['the same tier twice', threshold(['100.00', '5.00'], ['100.00', '6.00']), ['rule.tiers.1.minAmount']],
    ['more for less', threshold(['100.00', '5.00'], ['500.00', '5.00']), ['rule.tiers.1.bonus']],
    ['more than is paid', threshold(['100.00', '100.01']), ['rule.tiers.0.bonus']],
  ])('(%s) is named by its field', (_words, rule, expected) => {
    expect(fields(rule)).toEqual(expected);
  });

  it('is told from one that is right', () => {
    expect(fields(threshold(['100.00', '100.00'], ['100.01', '100.01']))).toEqual([]);
    expect(fields(percentage(10_000, '0.01'))).toEqual([]);
  });
});

describe('an offer', () => {
  const NOON = new Date('2026-11-21T04:00:00.000Z');
  const later = new Date(NOON.getTime() + 1);
  const offer: payment.Offer = {
    id: '1',
    name: 'Ten percent',
    rule: percentage(1_000),
    firstRechargeOnly: false,
    startsAt: NOON,
    endsAt: later,
    perMerchantLimit: 2,
    enabled: true,
    createdBy: '7',
    createdAt: NOON,
  };
  const nobody = { hasRecharged: false, uses: 0 };

  it.each<[string, Partial<payment.Offer>, Partial<typeof nobody>, Date, RegExp | null]>([
    ['from its first moment', {}, {}, NOON, null],
    ['not before', {}, {}, new Date(NOON.getTime() - 1), /not begun/],
    ['not at its end', {}, {}, later, /ended/],
    ['for ever without an end', { endsAt: null }, {}, new Date('2099-01-01'), null],
    ['not when it is switched off', { enabled: false }, {}, NOON, /not offered/],
    ['up to its limit', {}, { uses: 1 }, NOON, null],
    ['not beyond its limit', {}, { uses: 2 }, NOON, /as often/],
    ['any number of times without one', { perMerchantLimit: null }, { uses: 9_999 }, NOON, null],
    ['by whom has recharged before', {}, { hasRecharged: true }, NOON, null],
    ['not if it is for the first', { firstRechargeOnly: true }, { hasRecharged: true }, NOON, /first/],
    ['as the first', { firstRechargeOnly: true }, {}, NOON, null],
  ])('can be taken %s', (_words, terms, taker, now, why) => {
    const reason = whyNotAvailable({ ...offer, ...terms }, { ...nobody, ...taker }, now);
    expect(reason ?? 'it can').toMatch(why ?? /^it can$/);
  });

  it('must end after it begins', () => {
    expect(problemsOfWindow({ startsAt: NOON, endsAt: NOON })).toMatchObject([{ field: 'endsAt' }]);
    expect(problemsOfWindow({ startsAt: NOON, endsAt: later })).toEqual([]);
  });
});
