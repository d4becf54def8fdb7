import type { FieldError, payment } from '#libs/contracts';

/** What is known of a merchant who would like to take an offer. */
export interface OfferTaker {
  /** Has a recharge that was paid, or one open that took an offer for a first recharge. */
  readonly hasRecharged: boolean;
  /** How often the merchant holds this offer. */
  readonly uses: number;
}

interface OfferCondition {
  isMet(offer: payment.Offer, taker: OfferTaker, now: Date): boolean;
  /** Why it can't be taken, for the merchant. */
  readonly otherwise: string;
}

const CONDITIONS: readonly OfferCondition[] = [
  { isMet: (offer) => offer.enabled, otherwise: 'it is not offered any more' },
  { isMet: (offer, _taker, now) => offer.startsAt <= now, otherwise: 'it has not begun yet' },
  {
    isMet: ({ endsAt }, _taker, now) => endsAt === null || now < endsAt,
    otherwise: 'it has ended',
  },
  {
    isMet: (offer, { hasRecharged }) => !offer.firstRechargeOnly || !hasRecharged,
    otherwise: 'it is for a first recharge only',
  },
  {
    isMet: ({ perMerchantLimit }, { uses }) => perMerchantLimit === null || uses < perMerchantLimit,
    otherwise: 'it has been taken as often as one merchant may',
  },
];

/** @returns why this merchant can't take the offer now; null when it can. */
export function whyNotAvailable(offer: payment.Offer, taker: OfferTaker, now: Date): string | null {
  return CONDITIONS.find((condition) => !condition.isMet(offer, taker, now))?.otherwise ?? null;
}

export function problemsOfWindow({
  startsAt,
  endsAt,
}: Pick<payment.Offer, 'startsAt' | 'endsAt'>): FieldError[] {
  return endsAt === null || endsAt > startsAt
    ? []
    : [{ field: 'endsAt', message: `must be after startsAt, ${startsAt.toISOString()}` }];
}
