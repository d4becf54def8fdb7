import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RequestOf, payment } from '#libs/contracts';
import { OfferRepository } from '../offers/offer.repository.js';
import { OffersService } from '../offers/offers.service.js';
import { newMerchant, paidTrade, rowsOf, storedOrder } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import { RechargeCloser } from './recharge-closer.js';
import { RechargeReader } from './recharge-reader.js';
import { RechargesService } from './recharges.service.js';

type Request = RequestOf<typeof payment.createRecharge>;

let fixture: PaymentFixture;
let recharges: RechargesService;
let reader: RechargeReader;
let closer: RechargeCloser;

beforeAll(async () => {
  fixture = await startPaymentFixture();
  const { orders, attempts, opener, channels, switches, ids, config, cache, inquiry, log } = fixture;
  const offers = new OffersService(new OfferRepository(fixture.database), fixture.shards, ids, log);
  recharges = new RechargesService(orders, attempts, opener, channels, switches, offers, ids, config, log);
  reader = new RechargeReader(cache, orders, log);
  closer = new RechargeCloser(orders, attempts, inquiry);
}, 60_000);
afterAll(() => fixture.stop());

const request = (more: Partial<Request> = {}): Request => ({
  merchantId: newMerchant(),
  amount: 50_000_000n,
  channel: 'alipay',
  method: 'page',
  ...more,
});

const countOf = async (merchantId: string) => (await fixture.orders.list(merchantId, {}, 100)).length;

describe('a new recharge', () => {
  it('is stored with its attempt and its way to pay in one go, without a call to the channel', async () => {
    const wish = request();
    const recharge = await recharges.create(wish);

    expect(recharge).toMatchObject({
      merchantId: wish.merchantId,
      state: 'PAYING',
      amount: 50_000_000n,
      channelTradeNo: null,
      codeUrl: null,
    });
    const fields = new URL(recharge.payUrl ?? '').searchParams;
    expect(fields.get('notify_url')).toBe('http://merchant.test/v1/notify/alipay');
    expect(fields.get('return_url')).toBe(`http://merchant.test/recharges/${recharge.id}`);
    expect(JSON.parse(fields.get('biz_content') ?? '')).toMatchObject({
      out_trade_no: recharge.outTradeNo,
      total_amount: '50.00',
    });
    expect(await reader.get(wish.merchantId, recharge.id)).toEqual(recharge);
    expect(recharge.expiresAt.getTime() - recharge.createdAt.getTime()).toBe(fixture.config.expiryMs);
  });

  it('is one, though the same key comes twenty times at once, and is given again for ever', async () => {
    const wish = request({ idempotencyKey: 'same' });
    const made = await Promise.all(Array.from({ length: 20 }, () => recharges.create(wish)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(new Set(made.map(({ payUrl }) => payUrl)).size).toBe(1);
    expect(await countOf(wish.merchantId)).toBe(1);

    expect(await recharges.create(wish)).toEqual(made[0]);
  });

  it.each<Partial<Request>>([{ amount: 60_000_000n }, { method: 'wap' }])(
    'is refused under a key that made another one (%p)',
    async (more) => {
      const wish = request({ idempotencyKey: 'same' });
      const first = await recharges.create(wish);
      await expect(recharges.create({ ...wish, ...more })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
        message: expect.stringContaining(first.id),
      });
      expect(await countOf(wish.merchantId)).toBe(1);
    },
  );

  it.each<[Partial<Request>, string]>([
    [{ amount: 0n }, 'AMOUNT_OUT_OF_RANGE'],
    [{ amount: 50_000_010_000n }, 'AMOUNT_OUT_OF_RANGE'],
    [{ amount: 50_001_000n }, 'VALIDATION_FAILED'],
    [{ method: 'jsapi' }, 'METHOD_NOT_SUPPORTED'],
    [{ channel: 'wechat', method: 'native' }, 'CHANNEL_UNAVAILABLE'],
  ])('that can not be (%p) is refused, and nothing is stored', async (more, code) => {
    const wish = request(more);
    await expect(recharges.create(wish)).rejects.toMatchObject({ code });
    expect(await countOf(wish.merchantId)).toBe(0);
  });
});

describe('a recharge by a method that asks the channel', () => {
  it('is stored before the channel is asked: when it gives no answer, somebody knows what to ask about', async () => {
    const wish = request({ method: 'qr', idempotencyKey: 'again' });

    expect(await recharges.create(wish)).toMatchObject({ state: 'CREATED', payUrl: null, codeUrl: null });

    const [row] = await fixture.orders.list(wish.merchantId, {}, 10);
    expect(row).toMatchObject({ state: 'CREATED', attempt_state: 'CREATED' });
    const rows = await rowsOf(fixture, row?.id ?? '');
    expect(rows.next_query_at).not.toBeNull();
  });

  it('is tried again by the same key, and is the same order', async () => {
    const wish = request({ method: 'qr', idempotencyKey: 'again' });
    const first = await recharges.create(wish);
    expect(await recharges.create(wish)).toEqual(first);
    expect(await countOf(wish.merchantId)).toBe(1);
  });
});

describe('reading', () => {
  it("someone else's order is as if there were none, also when it is cached", async () => {
    const order = await storedOrder(fixture);
    await reader.get(order.merchantId, order.id);
    const none = fixture.ids.orderId(order.merchantId);
    for (const [merchantId, id] of [
      [newMerchant(), order.id],
      [order.merchantId, none],
    ] as const) {
      await expect(reader.get(merchantId, id)).rejects.toMatchObject({
        code: 'RECHARGE_NOT_FOUND',
        message: `There is no recharge ${id}`,
      });
    }
  });

  it('a list goes on where the last page ended, and says when there is no more', async () => {
    const merchantId = newMerchant();
    const made: string[] = [];
    for (let count = 0; count < 6; count += 1) made.unshift((await storedOrder(fixture, { merchantId })).id);

    const first = await reader.list({ merchantId, limit: 3 });
    const second = await reader.list({ merchantId, limit: 3, cursor: first.nextCursor ?? '' });

    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    expect(first.nextCursor).toBe(made[2]);
    expect(second.nextCursor).toBeNull();
  });
});

describe("closing at the buyer's wish", () => {
  it('needs the channel: without its answer nothing is closed here', async () => {
    const order = await storedOrder(fixture);
    await expect(closer.close(order.merchantId, order.id)).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
    });
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAYING', attempt_state: 'PENDING' });
  });

  it('is refused for what is paid, and gives what is closed already', async () => {
    const word = { channel: fixture.channel, mismatches: [], source: 'notify' as const };
    const paid = await storedOrder(fixture);
    await fixture.settlement.settle({ ...word, outTradeNo: paid.attempt.id, trade: paidTrade() });
    await expect(closer.close(paid.merchantId, paid.id)).rejects.toMatchObject({
      code: 'RECHARGE_NOT_CLOSABLE',
    });

    const closed = await storedOrder(fixture);
    await fixture.settlement.settle({ ...word, outTradeNo: closed.attempt.id, trade: { state: 'CLOSED' } });
    expect(await closer.close(closed.merchantId, closed.id)).toMatchObject({
      id: closed.id,
      state: 'CLOSED',
    });
  });

  it("is not done to someone else's order", async () => {
    const order = await storedOrder(fixture);
    await expect(closer.close(newMerchant(), order.id)).rejects.toMatchObject({ code: 'RECHARGE_NOT_FOUND' });
  });
});
