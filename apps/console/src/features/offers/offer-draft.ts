import type { Schemas } from '../../api/client';
import { readTypedAmount } from '../../money/typed-amount';

type Terms = Omit<Schemas['Offer'], 'id' | 'enabled' | 'createdBy' | 'createdAt'>;

export interface Tier {
  readonly from: string;
  readonly bonus: string;
}

/** An offer as it is being typed; times as `datetime-local` has them, in the reader's time zone. */
export interface OfferDraft {
  readonly name: string;
  readonly type: 'percentage' | 'threshold';
  readonly percent: string;
  readonly maxBonus: string;
  readonly tiers: readonly Tier[];
  readonly starts: string;
  readonly ends: string;
  readonly firstOnly: boolean;
  readonly limit: number | null;
}

export type DraftProblem = 'name' | 'percent' | 'maxBonus' | 'tiers' | 'ends';

/** What is wrong with each part, before anything is sent. */
export function problemsOf(draft: OfferDraft): ReadonlySet<DraftProblem> {
  const isPercentage = draft.type === 'percentage';
  const wrong: Record<DraftProblem, boolean> = {
    name: draft.name.trim() === '',
    percent: isPercentage && basisPointsOf(draft.percent) === null,
    maxBonus: isPercentage && draft.maxBonus.trim() !== '' && !readTypedAmount(draft.maxBonus).ok,
    tiers:
      !isPercentage &&
      draft.tiers.some(({ from, bonus }) => !readTypedAmount(from).ok || !readTypedAmount(bonus).ok),
    ends: draft.ends !== '' && Date.parse(draft.ends) <= Date.parse(draft.starts),
  };
  return new Set((Object.keys(wrong) as DraftProblem[]).filter((part) => wrong[part]));
}

/** Hundredths of a percent, from `12.5`; null when that is not from 0.01 to 100. */
export function basisPointsOf(percent: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(percent.trim());
  if (match === null) return null;
  const points = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return points >= 1 && points <= 10_000 ? points : null;
}

/** As the API takes it; only of a draft without problems. */
export function termsOf(draft: OfferDraft): Terms {
  return {
    name: draft.name.trim(),
    rule:
      draft.type === 'percentage'
        ? {
            type: 'percentage',
            basisPoints: basisPointsOf(draft.percent) ?? 0,
            maxBonus: draft.maxBonus.trim() === '' ? null : amountOf(draft.maxBonus),
          }
        : {
            type: 'threshold',
            tiers: draft.tiers.map(({ from, bonus }) => ({
              minAmount: amountOf(from),
              bonus: amountOf(bonus),
            })),
          },
    firstRechargeOnly: draft.firstOnly,
    startsAt: new Date(draft.starts).toISOString(),
    endsAt: draft.ends === '' ? null : new Date(draft.ends).toISOString(),
    perMerchantLimit: draft.limit,
  };
}

function amountOf(typed: string): string {
  const reading = readTypedAmount(typed);
  return reading.ok ? reading.amount : typed;
}
