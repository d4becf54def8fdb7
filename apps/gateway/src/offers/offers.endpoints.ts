import { payment } from '#libs/contracts';
import { z } from 'zod';
import { amount, id, instant, payableAmount } from '../edge/wire-fields.js';
import { endpoint } from '../endpoint/endpoint.js';

const rule = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('percentage'),
      basisPoints: z
        .number()
        .int()
        .min(1)
        .max(10_000)
        .meta({ description: 'Hundredths of a percent: 1000 = 10 %' }),
      maxBonus: payableAmount.nullable(),
    }),
    z.strictObject({
      type: z.literal('threshold'),
      tiers: z
        .array(z.strictObject({ minAmount: payableAmount, bonus: payableAmount }))
        .min(1)
        .max(20)
        .meta({ description: 'The highest tier that the amount reaches counts, alone' }),
    }),
  ])
  .meta({ id: 'OfferRule' });

const terms = {
  name: z.string().trim().min(1).max(80),
  rule,
  firstRechargeOnly: z.boolean().meta({ description: 'For a merchant who has not recharged before' }),
  startsAt: instant,
  endsAt: instant.nullable(),
  perMerchantLimit: z.number().int().min(1).max(10_000).nullable(),
};

const offer = z
  .object({ ...terms, id, enabled: z.boolean(), createdBy: id, createdAt: instant })
  .meta({ id: 'Offer' });

export const quoteOffers = endpoint({
  permission: 'recharge:create',
  summary: 'The offers that could be taken now, and what each grants for this amount, the best first',
  query: { amount: payableAmount },
  response: z
    .object({
      items: z.array(
        z.object({ offerId: id, name: z.string(), rule, endsAt: instant.nullable(), bonusAmount: amount }),
      ),
    })
    .meta({ id: 'OfferQuotes' }),
});

export const listOffers = endpoint({
  permission: 'offer:read',
  summary: 'Recharge offers, newest first',
  response: z.object({ items: z.array(offer) }).meta({ id: 'Offers' }),
});

export const createOffer = endpoint({
  permission: 'offer:manage',
  summary: 'Make a recharge offer',
  status: 201,
  body: terms,
  response: offer,
  errors: payment.createOffer.errors,
});

export const updateOffer = endpoint({
  permission: 'offer:manage',
  summary: 'End, stop or go on with an offer; orders that have chosen it keep it',
  params: { id },
  body: { enabled: z.boolean().optional(), endsAt: instant.nullable().optional() },
  response: offer,
  errors: payment.updateOffer.errors,
});
