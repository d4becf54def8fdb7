import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NewOrder } from '../orders/order.repository.js';
import type { OrderShard } from '../orders/order-shards.js';
import { paidTrade, rowsOf, storedOrder } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import { DueAttemptsRepository } from './due-attempts.repository.js';

const MERCHANT = '7';

let fixture: PaymentFixture;
let shard: OrderShard;
const due = new DueAttemptsRepository();

beforeAll(async () => {
  fixture = await startPaymentFixture();
  shard = fixture.shards.ofMerchant(MERCHANT);
}, 60_000);
afterAll(() => fixture.stop());

beforeEach(async () => {
  await fixture.database.write(`UPDATE \`${shard.tables.attempts}\` SET \`next_query_at\` = NULL`);
});

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);

/** An order of the one merchant of this file, whose attempt was due so long ago. */
const dueSince = (seconds: number): Promise<NewOrder> =>
  storedOrder(fixture, {
    merchantId: MERCHANT,
    createdAt: secondsAgo(seconds + 10),
    attempt: { nextQueryAt: secondsAgo(seconds) },
  });

const claim = (limit = 100) => due.claim(shard, fixture.config.ladder, limit);
const idsOf = (attempts: readonly { readonly id: string }[]) => attempts.map(({ id }) => id).sort();

describe('the attempts that are due', () => {
  it('are those whose time has come, longest due first, as many as were asked for', async () => {
    const orders = [await dueSince(1), await dueSince(3), await dueSince(2)];
    await storedOrder(fixture, { merchantId: MERCHANT, attempt: { nextQueryAt: secondsAgo(-60) } });

    const first = await claim(2);
    const rest = await claim();

    expect(first.map(({ id }) => id)).toEqual([orders[1]?.attempt.id, orders[2]?.attempt.id]);
    expect(rest).toEqual([
      {
        id: orders[0]?.attempt.id,
        orderId: orders[0]?.id,
        accountId: 'alipay-main',
        state: 'PENDING',
        orderState: 'PAYING',
        expiresAt: orders[0]?.expiresAt,
      },
    ]);
    expect(await claim()).toEqual([]);
  });

  it('are due again before anybody has been asked: who dies now is replaced by the next rung', async () => {
    const order = await dueSince(0);
    const before = Date.now();

    await claim();

    const rows = await rowsOf(fixture, order.id);
    expect(rows.query_count).toBe(1);
    expect(rows.next_query_at?.getTime()).toBeGreaterThan(before);
    // Ten seconds after it was made it was asked about for the first time; the second rung is at twenty.
    expect(rows.next_query_at?.getTime()).toBe(Math.round(order.createdAt.getTime() + 20_000));
  });

  it('go to one of many replicas each, and none is forgotten', async () => {
    const orders = await Promise.all(Array.from({ length: 60 }, () => dueSince(1)));

    const taken = (await Promise.all(Array.from({ length: 12 }, () => claim(7)))).flat();
    taken.push(...(await claim()));

    expect(idsOf(taken)).toEqual(idsOf(orders.map(({ attempt }) => attempt)));
  });

  it('are not waited for while somebody else is settling them', async () => {
    const [busy, free] = [await dueSince(2), await dueSince(1)];
    await fixture.database.transaction(async (transaction) => {
      await transaction.query(`SELECT 1 FROM \`${shard.tables.attempts}\` WHERE \`id\` = ? FOR UPDATE`, [
        busy.attempt.id,
      ]);
      expect(idsOf(await claim())).toEqual([free.attempt.id]);
    });
    expect(idsOf(await claim())).toEqual([busy.attempt.id]);
  });

  it('stay due when the replica that was taking them died before it had', async () => {
    const order = await dueSince(1);
    const broken = {
      ...shard,
      database: {
        transaction: <T>(work: Parameters<typeof fixture.database.transaction<T>>[0]) =>
          fixture.database.transaction<T>(async (transaction) => {
            await work(transaction);
            throw new Error('killed');
          }),
      },
    } as unknown as OrderShard;
    await expect(due.claim(broken, fixture.config.ladder, 10)).rejects.toThrow('killed');

    expect(idsOf(await claim())).toEqual([order.attempt.id]);
    expect((await rowsOf(fixture, order.id)).query_count).toBe(1);
  });
});

describe('the last look', () => {
  const settle = (order: NewOrder, trade: Parameters<typeof fixture.settlement.settle>[0]['trade']) =>
    fixture.settlement.settle({
      outTradeNo: order.attempt.id,
      trade,
      channel: fixture.channel,
      mismatches: [],
      source: 'close',
    });

  it('is taken at an attempt that was closed, and then no more', async () => {
    const order = await dueSince(1);
    await settle(order, { state: 'CLOSED' });
    await fixture.database.write(
      `UPDATE \`${shard.tables.attempts}\` SET \`next_query_at\` = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE \`id\` = ?`,
      [order.attempt.id],
    );

    expect(await claim()).toMatchObject([{ id: order.attempt.id, state: 'CLOSED' }]);
    await due.rest(shard, order.attempt.id);

    expect((await rowsOf(fixture, order.id)).next_query_at).toBeNull();
  });

  it('leaves an attempt that is still open on its ladder, whoever says that it may rest', async () => {
    const order = await dueSince(1);
    await due.rest(shard, order.attempt.id);
    expect((await rowsOf(fixture, order.id)).next_query_at).not.toBeNull();
  });

  it('is not due at what was paid', async () => {
    const order = await dueSince(1);
    await settle(order, paidTrade());
    expect(await claim()).toEqual([]);
  });
});
