import { z } from 'zod';
import { rpc } from '../contract.js';
import { id, instant, micros } from '../fields.js';

/** How much an offer grants, by the amount of the recharge. */
export const offerRule = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('percentage'),
    /** Hundredths of a percent: 1,000 = 10 %. Rounded down to the fen. */
    basisPoints: z.number().int().min(1).max(10_000),
    maxBonus: micros.nullable(),
  }),
  z.object({
    type: z.literal('threshold'),
    /** The highest tier that the amount reaches counts, alone. */
    tiers: z
      .array(z.object({ minAmount: micros, bonus: micros }))
      .min(1)
      .max(20),
  }),
]);
export type OfferRule = z.output<typeof offerRule>;

const offerTerms = z.object({
  name: z.string().trim().min(1).max(80),
  rule: offerRule,
  /** For a merchant who has not recharged before. */
  firstRechargeOnly: z.boolean(),
  startsAt: instant,
  endsAt: instant.nullable(),
  /** How often one merchant may take it; null for any number. */
  perMerchantLimit: z.number().int().min(1).max(10_000).nullable(),
});

export const offer = offerTerms.extend({ id, enabled: z.boolean(), createdBy: id, createdAt: instant });
export type Offer = z.output<typeof offer>;

export const createOffer = rpc('payment.create-offer', {
  request: offerTerms.extend({ operatorId: id }),
  response: offer,
  errors: ['VALIDATION_FAILED'],
});

/** Orders that have chosen the offer keep it, whatever is changed here. */
export const updateOffer = rpc('payment.update-offer', {
  request: z.object({
    id,
    operatorId: id,
    enabled: z.boolean().optional(),
    endsAt: instant.nullable().optional(),
  }),
  response: offer,
  errors: ['OFFER_NOT_FOUND', 'VALIDATION_FAILED'],
});

export const listOffers = rpc('payment.list-offers', {
  request: z.object({}),
  response: z.object({ items: z.array(offer) }),
});

/** The offers that this merchant could take now, and what each would grant for this amount; the best first. */
export const quoteOffers = rpc('payment.quote-offers', {
  request: z.object({ merchantId: id, amount: micros }),
  response: z.object({
    items: z.array(
      z.object({
        offerId: id,
        name: z.string(),
        rule: offerRule,
        endsAt: instant.nullable(),
        /** 0 when the amount is too small for it. */
        bonusAmount: micros,
      }),
    ),
  }),
});
