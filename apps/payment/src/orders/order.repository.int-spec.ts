import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allShards, shardOfMerchant, tableNames } from '#libs/orders';
import { NO_CREDENTIAL } from '../attempts/new-attempt.js';
import { anOrder, newMerchant, rowsOf, storedOrder } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import type { OrderFilter } from './order-filter.js';
import { OrderRepository } from './order.repository.js';

let fixture: PaymentFixture;
let orders: OrderRepository;

beforeAll(async () => {
  fixture = await startPaymentFixture();
  orders = fixture.orders;
}, 60_000);
afterAll(() => fixture.stop());

const CREDENTIAL = { payUrl: 'http://alipay.test/pay?a=1', codeUrl: null, jsapiParameters: null };
const LAST_LOOK = new Date('2026-11-20T04:00:00.000Z');
const created = (more = {}) => ({
  state: 'CREATED' as const,
  attempt: { state: 'CREATED' as const, credential: NO_CREDENTIAL },
  ...more,
});

/** The numbers of the shards in which a merchant has rows of any kind. */
async function shardsHolding(merchantId: string): Promise<number[]> {
  const found = await Promise.all(
    allShards.map(async (shard) => {
      const { orders: orderTable, attempts, orderDetails } = tableNames(shard);
      const rows = await fixture.database.query(
        `SELECT 1 FROM \`${orderTable}\` WHERE \`merchant_id\` = ?
          UNION ALL SELECT 1 FROM \`${attempts}\` WHERE \`merchant_id\` = ?
          UNION ALL SELECT 1 FROM \`${orderDetails}\` WHERE \`order_id\` IN (SELECT \`order_id\` FROM \`${attempts}\` WHERE \`merchant_id\` = ?)`,
        [merchantId, merchantId, merchantId],
      );
      return rows.length > 0 ? [shard] : [];
    }),
  );
  return found.flat();
}

describe('an order that is stored', () => {
  it('is found by its id and by its key as it was given', async () => {
    const order = await storedOrder(fixture, { idempotencyKey: 'once' });

    const row = await orders.findById(order.id);

    expect(row).toMatchObject({
      id: order.id,
      merchant_id: order.merchantId,
      state: 'PAYING',
      channel: 'alipay',
      amount: '50000000',
      refunded_amount: '0',
      method: 'page',
      attempt_id: order.attempt.id,
      attempt_state: 'PENDING',
      pay_url: order.attempt.credential.payUrl,
      created_at: order.createdAt,
      expires_at: order.expiresAt,
      paid_at: null,
    });
    expect(row?.request_hash.equals(order.requestHash)).toBe(true);
    expect(await orders.findByKey(order.merchantId, 'once')).toEqual(row);
    expect(await orders.findByKey(order.merchantId, 'twice')).toBeNull();
    expect(await orders.findById(fixture.ids.orderId(order.merchantId))).toBeNull();
  });

  it('lives with its attempt and its details in the one shard of its merchant', async () => {
    const merchants = Array.from({ length: 12 }, newMerchant);
    for (const merchantId of merchants) {
      await storedOrder(fixture, { merchantId });
      await storedOrder(fixture, { merchantId });
      expect(await shardsHolding(merchantId)).toEqual([shardOfMerchant(merchantId)]);
    }
    // Or this would be true of one table as well.
    expect(new Set(merchants.map(shardOfMerchant)).size).toBe(4);
  });

  it('is refused, with all that belongs to it, under a key that its merchant has used', async () => {
    const first = await storedOrder(fixture, { idempotencyKey: 'same' });
    const second = anOrder(fixture, { merchantId: first.merchantId, idempotencyKey: 'same' });

    expect(await orders.insert(second)).toBe(false);

    expect(await orders.findById(second.id)).toBeNull();
    expect((await orders.findByKey(first.merchantId, 'same'))?.id).toBe(first.id);
    expect(await orders.list(first.merchantId, {}, 10)).toHaveLength(1);
  });

  it('is one of twenty that come with the same key at once', async () => {
    const merchantId = newMerchant();
    const all = Array.from({ length: 20 }, () => anOrder(fixture, { merchantId, idempotencyKey: 'same' }));

    const inserted = await Promise.all(all.map((order) => orders.insert(order)));

    expect(inserted.filter(Boolean)).toHaveLength(1);
    expect(await orders.list(merchantId, {}, 100)).toHaveLength(1);
  });

  it('may share its key with an order of somebody else, and go without one as often as it likes', async () => {
    const [one, other] = [newMerchant(), newMerchant()];
    await storedOrder(fixture, { merchantId: one, idempotencyKey: 'same' });
    await storedOrder(fixture, { merchantId: other, idempotencyKey: 'same' });
    await storedOrder(fixture, { merchantId: one });
    await storedOrder(fixture, { merchantId: one });
    expect(await orders.list(one, {}, 10)).toHaveLength(3);
  });

  it('is an error, not a repetition, when its very id is taken', async () => {
    const order = await storedOrder(fixture);
    await expect(orders.insert(order)).rejects.toThrow('PRIMARY');
  });
});

describe('a list', () => {
  async function idsOf(merchantId: string, filter: OrderFilter = {}, limit = 100): Promise<string[]> {
    return (await orders.list(merchantId, filter, limit)).map(({ id }) => id);
  }

  it('is paged by id without a gap or a repetition, though all orders were made in the same millisecond', async () => {
    const merchantId = newMerchant();
    const createdAt = new Date();
    const made: string[] = [];
    for (let count = 0; count < 25; count += 1) {
      made.push((await storedOrder(fixture, { merchantId, createdAt })).id);
    }

    const seen: string[] = [];
    for (;;) {
      const page = await idsOf(merchantId, { beforeId: seen.at(-1) }, 4);
      seen.push(...page);
      if (page.length < 4) break;
    }

    expect(seen).toEqual(made.toReversed());
  });

  it('tells ids apart that differ by one, which a double could not', async () => {
    const merchantId = newMerchant();
    const base = BigInt(fixture.ids.orderId(merchantId)) & ~1023n;
    const made = Array.from({ length: 6 }, (_, index) => (base + BigInt(index)).toString());
    for (const id of made) await storedOrder(fixture, { merchantId, id });

    for (const [index, id] of made.entries()) {
      expect(await idsOf(merchantId, { beforeId: id })).toEqual(made.slice(0, index).toReversed());
    }
  });

  it("shows nobody else's orders, though they are in the same table", async () => {
    const merchantId = newMerchant();
    let neighbour = newMerchant();
    while (shardOfMerchant(neighbour) !== shardOfMerchant(merchantId)) neighbour = newMerchant();
    const mine = await storedOrder(fixture, { merchantId });
    await storedOrder(fixture, { merchantId: neighbour });
    expect(await idsOf(merchantId)).toEqual([mine.id]);
  });

  it('is filtered by state, by channel and by time, from the first moment up to before the last', async () => {
    const merchantId = newMerchant();
    // Orders are as old as their ids.
    const now = Date.now();
    const at = (second: number) => new Date(now + second * 1_000);
    const paying = await storedOrder(fixture, { merchantId, createdAt: at(1) });
    const wechat = await storedOrder(fixture, {
      merchantId,
      createdAt: at(2),
      attempt: { channel: 'wechat' },
    });
    const fresh = await storedOrder(fixture, created({ merchantId, createdAt: at(3) }));

    expect(await idsOf(merchantId, { state: 'CREATED' })).toEqual([fresh.id]);
    expect(await idsOf(merchantId, { state: 'CREDITED' })).toEqual([]);
    expect(await idsOf(merchantId, { channel: 'wechat' })).toEqual([wechat.id]);
    expect(await idsOf(merchantId, { createdFrom: at(2) })).toEqual([fresh.id, wechat.id]);
    expect(await idsOf(merchantId, { createdTo: at(2) })).toEqual([paying.id]);
    expect(await idsOf(merchantId, { createdFrom: at(1), createdTo: at(3), channel: 'alipay' })).toEqual([
      paying.id,
    ]);
    expect(await idsOf(merchantId, { state: 'PAYING', beforeId: wechat.id })).toEqual([paying.id]);
  });
});

describe('a way to pay', () => {
  it('is noted for an order that has none yet', async () => {
    const order = await storedOrder(fixture, created());
    expect(await fixture.attempts.markReady(order.attempt, CREDENTIAL)).toBe(true);
    expect(await rowsOf(fixture, order.id)).toMatchObject({
      state: 'PAYING',
      version: 2,
      attempt_state: 'PENDING',
      pay_url: CREDENTIAL.payUrl,
    });
  });

  it('is not noted twice: the first one stands', async () => {
    const order = await storedOrder(fixture, created());
    await fixture.attempts.markReady(order.attempt, CREDENTIAL);
    const again = { payUrl: 'http://elsewhere.test', codeUrl: null, jsapiParameters: null };
    expect(await fixture.attempts.markReady(order.attempt, again)).toBe(false);
    expect(await rowsOf(fixture, order.id)).toMatchObject({ pay_url: CREDENTIAL.payUrl, version: 2 });
  });

  it.each(['PAID', 'CREDITED', 'CLOSED'] as const)(
    'does not bring an order back that is %s',
    async (state) => {
      const order = await storedOrder(fixture, created());
      const { database, tables } = fixture.shards.ofId(order.id);
      await database.write(`UPDATE \`${tables.orders}\` SET \`state\` = ? WHERE \`id\` = ?`, [
        state,
        order.id,
      ]);
      await database.write(`UPDATE \`${tables.attempts}\` SET \`state\` = ? WHERE \`order_id\` = ?`, [
        state === 'CLOSED' ? 'CLOSED' : 'SUCCEEDED',
        order.id,
      ]);

      expect(await fixture.attempts.markReady(order.attempt, CREDENTIAL)).toBe(false);

      expect(await rowsOf(fixture, order.id)).toMatchObject({ state, pay_url: null });
    },
  );
});

describe('a channel that refused an order at once', () => {
  it('closes it, since it can never be paid, and looks once more: it may refuse what it had taken before', async () => {
    const order = await storedOrder(fixture, created());
    expect(await fixture.attempts.markFailed(order.attempt, 'no such product', LAST_LOOK)).toBe(true);
    expect(await rowsOf(fixture, order.id)).toMatchObject({
      state: 'CLOSED',
      attempt_state: 'FAILED',
      next_query_at: LAST_LOOK,
    });
  });

  it('does not close one that was paid meanwhile', async () => {
    const order = await storedOrder(fixture);
    const { database, tables } = fixture.shards.ofId(order.id);
    await database.write(`UPDATE \`${tables.orders}\` SET \`state\` = 'PAID' WHERE \`id\` = ?`, [order.id]);
    await database.write(`UPDATE \`${tables.attempts}\` SET \`state\` = 'SUCCEEDED' WHERE \`order_id\` = ?`, [
      order.id,
    ]);
    expect(await fixture.attempts.markFailed(order.attempt, 'too late', LAST_LOOK)).toBe(false);
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAID', attempt_state: 'SUCCEEDED' });
  });
});

describe('what the tables themselves refuse', () => {
  it('is an order of nothing, and more given back than was paid', async () => {
    await expect(orders.insert(anOrder(fixture, { amount: 0n }))).rejects.toThrow('_amount');
    const order = await storedOrder(fixture);
    const { database, tables } = fixture.shards.ofId(order.id);
    const refund = (micros: bigint) =>
      database.write(`UPDATE \`${tables.orderDetails}\` SET \`refunded_amount\` = ? WHERE \`order_id\` = ?`, [
        micros,
        order.id,
      ]);
    await expect(refund(order.amount + 1n)).rejects.toThrow('_refunds');
    await expect(refund(-1n)).rejects.toThrow('_refunds');
  });
});
