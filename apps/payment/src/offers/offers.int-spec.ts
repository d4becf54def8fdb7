import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainError, RequestOf, payment } from '#libs/contracts';
import { RechargesService } from '../recharges/recharges.service.js';
import { AMOUNT, announcementsOf, newMerchant, paidTrade } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import { OfferRepository } from './offer.repository.js';
import { OffersService } from './offers.service.js';

const OPERATOR = '99';
const BONUS = AMOUNT / 10n;

let fixture: PaymentFixture;
let offers: OffersService;
let recharges: RechargesService;

beforeAll(async () => {
  fixture = await startPaymentFixture();
  const { orders, attempts, opener, channels, switches, ids, config, shards, log } = fixture;
  offers = new OffersService(new OfferRepository(fixture.database), shards, ids, log);
  recharges = new RechargesService(orders, attempts, opener, channels, switches, offers, ids, config, log);
}, 60_000);
afterAll(() => fixture.stop());

const tenPercent = (terms: Partial<RequestOf<typeof payment.createOffer>> = {}) =>
  offers.create({
    operatorId: OPERATOR,
    name: 'Ten percent',
    rule: { type: 'percentage', basisPoints: 1_000, maxBonus: null },
    firstRechargeOnly: false,
    startsAt: new Date('2026-01-01T00:00:00.000Z'),
    endsAt: null,
    perMerchantLimit: 1,
    ...terms,
  });

const take = (
  offer: { readonly id: string },
  merchantId: string,
  more: Partial<RequestOf<typeof payment.createRecharge>> = {},
) =>
  recharges.create({
    merchantId,
    amount: AMOUNT,
    channel: 'alipay',
    method: 'page',
    offerId: offer.id,
    ...more,
  });

const hear = (recharge: payment.Recharge, trade: ReturnType<typeof paidTrade> | { state: 'CLOSED' }) =>
  fixture.settlement.settle({
    outTradeNo: recharge.outTradeNo,
    trade,
    channel: fixture.channel,
    mismatches: [],
    source: 'notify',
  });
const pay = (recharge: payment.Recharge) => hear(recharge, paidTrade());
const close = (recharge: payment.Recharge) => hear(recharge, { state: 'CLOSED' });

const bonusOf = async ({ id }: payment.Recharge) =>
  BigInt((await fixture.orders.findById(id))?.bonus_amount ?? -1n);
const quoted = async (merchantId: string) =>
  (await offers.quote({ merchantId, amount: AMOUNT })).items.map(({ offerId }) => offerId);

describe('an offer with a limit', () => {
  it('is granted to one of fifty orders that come at once; the others are refused, and not stored', async () => {
    const [offer, merchantId] = [await tenPercent(), newMerchant()];
    const made = await Promise.allSettled(Array.from({ length: 50 }, () => take(offer, merchantId)));

    const granted = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(granted.map((each) => each.offer)).toEqual([
      { offerId: offer.id, name: 'Ten percent', bonusAmount: BONUS },
    ]);
    const reasons = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as DomainError] : []));
    expect(reasons.map(({ code }) => code)).toEqual(Array.from({ length: 49 }, () => 'OFFER_NOT_AVAILABLE'));
    expect(await fixture.orders.list(merchantId, {}, 100)).toHaveLength(1);
    expect(await quoted(merchantId)).not.toContain(offer.id);
    expect(await quoted(newMerchant())).toContain(offer.id);
  });

  it('of three is granted three times, and once more for each order that is closed unpaid', async () => {
    const [offer, merchantId] = [await tenPercent({ perMerchantLimit: 3 }), newMerchant()];
    const takeMany = async () => {
      const made = await Promise.allSettled(Array.from({ length: 12 }, () => take(offer, merchantId)));
      return made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    };
    const [first, second, third] = await takeMany();
    expect(third).toBeDefined();
    expect(await takeMany()).toHaveLength(0);
    await close(first!);
    await close(second!);
    expect(await takeMany()).toHaveLength(2);
  });

  it('gives the same order again under the same key, though the offer is used up by it', async () => {
    const [offer, merchantId] = [await tenPercent(), newMerchant()];
    const wish = { idempotencyKey: 'same' };
    const made = await Promise.all(Array.from({ length: 20 }, () => take(offer, merchantId, wish)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await take(offer, merchantId, wish)).toEqual(made[0]);
    await expect(take(offer, merchantId, { ...wish, amount: 2n * AMOUNT })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});

describe('an offer for a first recharge', () => {
  it('is held by one open order, whichever such offer it took, and by nobody who has paid', async () => {
    const [one, other] = await Promise.all([
      tenPercent({ firstRechargeOnly: true, perMerchantLimit: null }),
      tenPercent({ firstRechargeOnly: true, perMerchantLimit: 5 }),
    ]);
    const merchantId = newMerchant();
    const made = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => take(index % 2 === 0 ? one : other, merchantId)),
    );
    const granted = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(granted).toHaveLength(1);
    await close(granted[0]!);

    const again = await take(other, merchantId);
    await pay(again);
    await expect(take(one, merchantId)).rejects.toMatchObject({ code: 'OFFER_NOT_AVAILABLE' });
    expect(await quoted(merchantId)).not.toContain(one.id);
  });

  it('is not for a merchant who has paid without it, not even when that is archived', async () => {
    const [offer, merchantId] = [await tenPercent({ firstRechargeOnly: true }), newMerchant()];
    const plain = await recharges.create({ merchantId, amount: AMOUNT, channel: 'alipay', method: 'page' });
    await pay(plain);
    await expect(take(offer, merchantId)).rejects.toMatchObject({ code: 'OFFER_NOT_AVAILABLE' });

    const { database, tables, shard } = fixture.shards.ofMerchant(merchantId);
    await database.write(
      `INSERT INTO \`orders_archive_${shard}\` SELECT * FROM \`${tables.orders}\` WHERE \`id\` = ?`,
      [plain.id],
    );
    await database.write(`DELETE FROM \`${tables.orders}\` WHERE \`id\` = ?`, [plain.id]);
    await expect(take(offer, merchantId)).rejects.toMatchObject({ code: 'OFFER_NOT_AVAILABLE' });
  });
});

describe('a payment that comes after its order was closed', () => {
  it('is credited with the bonus when nobody has taken the offer since, which is used up then', async () => {
    const [offer, merchantId] = [await tenPercent(), newMerchant()];
    const order = await take(offer, merchantId);
    await close(order);
    expect(await quoted(merchantId)).toContain(offer.id);

    await pay(order);

    expect(await bonusOf(order)).toBe(BONUS);
    expect(await announcementsOf(fixture, order.id)).toMatchObject([{ bonus: String(BONUS) }]);
    await expect(take(offer, merchantId)).rejects.toMatchObject({ code: 'OFFER_NOT_AVAILABLE' });
  });

  it('is credited without it when another order has it, and the story says so', async () => {
    const [offer, merchantId] = [await tenPercent(), newMerchant()];
    const late = await take(offer, merchantId);
    await close(late);
    const other = await take(offer, merchantId);

    await pay(late);
    await pay(other);

    expect([await bonusOf(late), await bonusOf(other)]).toEqual([0n, BONUS]);
    expect(await announcementsOf(fixture, late.id)).toMatchObject([{ amount: String(AMOUNT), bonus: '0' }]);
    const story = await fixture.stories.list(fixture.shards.ofId(late.id), late.id, '0', 100);
    expect(story.find(({ kind }) => kind === 'order.paid')?.facts).toEqual({ late: true, lostBonus: '5.00' });
  });
});

describe('what an operator does with an offer', () => {
  it('is not heard by an order that has chosen it', async () => {
    const [offer, merchantId] = [await tenPercent(), newMerchant()];
    const order = await take(offer, merchantId);
    await offers.update({ id: offer.id, operatorId: OPERATOR, enabled: false });
    await pay(order);
    expect(await bonusOf(order)).toBe(BONUS);
    await expect(take(offer, newMerchant())).rejects.toMatchObject({ code: 'OFFER_NOT_AVAILABLE' });
  });

  it('is refused with the name of the field', async () => {
    const startsAt = new Date('2026-01-01T00:00:00.000Z');
    await expect(tenPercent({ startsAt, endsAt: startsAt })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ field: 'endsAt' }] },
    });
    const { id } = await tenPercent({ startsAt });
    const before = new Date('2025-12-31T00:00:00.000Z');
    const changed = offers.update({ id, operatorId: OPERATOR, endsAt: before });
    await expect(changed).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((await offers.list()).find((offer) => offer.id === id)?.endsAt).toBeNull();
    const unknown = offers.update({ id: '5', operatorId: OPERATOR, enabled: false });
    await expect(unknown).rejects.toMatchObject({ code: 'OFFER_NOT_FOUND' });
  });

  it('shows in the quotes, the best first, and as it was written in the list', async () => {
    const rule = {
      type: 'threshold',
      tiers: [{ minAmount: AMOUNT, bonus: 6_000_000n }],
    } as const;
    const [small, large] = [
      await tenPercent(),
      await tenPercent({ rule: { ...rule, tiers: [...rule.tiers] } }),
    ];
    const ours = (await quoted(newMerchant())).filter((id) => id === small.id || id === large.id);
    expect(ours).toEqual([large.id, small.id]);
    expect((await offers.list())[0]).toEqual(large);
    await expect(take(large, newMerchant(), { amount: AMOUNT - 10_000n })).rejects.toMatchObject({
      code: 'OFFER_NOT_AVAILABLE',
      message: expect.stringContaining('too small'),
    });
  });
});
