import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PayloadOf, wallet } from '#libs/contracts';
import { eventually } from '#libs/testing';
import type { NewOrder } from '../orders/order.repository.js';
import type { OrderShard } from '../orders/order-shards.js';
import { RefundSettlements } from '../refunds/refund-settlements.service.js';
import { RefundRepository } from '../refunds/refund.repository.js';
import { paidTrade, rowsOf, storedOrder } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import { CreditSweep } from './credit-sweep.js';
import { CreditController } from './credit.controller.js';
import { CreditRepository } from './credit.repository.js';

let fixture: PaymentFixture;
let credits: CreditRepository;
let controller: CreditController;

beforeAll(async () => {
  fixture = await startPaymentFixture();
  credits = new CreditRepository(fixture.shards, fixture.orders, fixture.stories);
  const { shards, stories, changes, metrics, log } = fixture;
  const settlements = new RefundSettlements(shards, new RefundRepository(shards), stories, changes, log);
  controller = new CreditController(credits, settlements, changes, metrics, log);
}, 60_000);
afterAll(() => fixture.stop());

async function paidOrder(): Promise<NewOrder> {
  const order = await storedOrder(fixture);
  await fixture.settlement.settle({
    outTradeNo: order.attempt.id,
    trade: paidTrade(),
    channel: fixture.channel,
    mismatches: [],
    source: 'notify',
  });
  return order;
}

const posted = (
  orderId: string,
  more: Partial<PayloadOf<typeof wallet.transferPosted>> = {},
): PayloadOf<typeof wallet.transferPosted> => ({
  transferId: '1234567890123456789',
  kind: 'recharge',
  reference: orderId,
  postedAt: new Date('2026-11-20T03:04:06.789Z'),
  entries: [],
  ...more,
});

const relayedOf = (orderId: string) =>
  fixture.relayed.filter(({ payload }) => (payload as { orderId: string }).orderId === orderId);

/** Moves what an order waits for into the past. */
async function letTimePass(
  order: NewOrder,
  { dueSeconds, paidSeconds }: { dueSeconds: number; paidSeconds: number },
) {
  const { database, tables } = fixture.shards.ofId(order.id);
  await database.write(
    `UPDATE \`${tables.orders}\` SET \`credit_due_at\` = UTC_TIMESTAMP(3) - INTERVAL ? SECOND, \`updated_at\` = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE \`id\` = ?`,
    [dueSeconds, paidSeconds, order.id],
  );
}

/** In how many seconds an order's credit is overdue again, by the database's clock. */
async function dueInSeconds(order: NewOrder): Promise<number> {
  const { database, tables } = fixture.shards.ofId(order.id);
  const [row] = await database.query<{ seconds: string | null }>(
    `SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), \`credit_due_at\`) / 1000000 AS \`seconds\` FROM \`${tables.orders}\` WHERE \`id\` = ?`,
    [order.id],
  );
  return Number(row?.seconds ?? Number.NaN);
}

describe("the wallet's word that an order is credited", () => {
  it('moves it from PAID to CREDITED, with the transfer, and nobody waits any more', async () => {
    const order = await paidOrder();
    await controller.recordCredit(posted(order.id));
    expect(await rowsOf(fixture, order.id)).toMatchObject({
      state: 'CREDITED',
      version: 3,
      credited_at: new Date('2026-11-20T03:04:06.789Z'),
      transfer_id: '1234567890123456789',
      credit_due_at: null,
    });
    expect((await fixture.cache.get(order.id))?.state).toBe('CREDITED');
  });

  it('counts once, however often and by however many replicas it is heard', async () => {
    const order = await paidOrder();
    await Promise.all(Array.from({ length: 20 }, () => controller.recordCredit(posted(order.id))));
    await controller.recordCredit(posted(order.id));
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'CREDITED', version: 3 });
  });

  it('is not believed of an order that is not paid: it comes again, and goes to the dead letters in the end', async () => {
    const order = await storedOrder(fixture);
    await expect(controller.recordCredit(posted(order.id))).rejects.toThrow(
      `Transfer 1234567890123456789 credited order ${order.id}, which is PAYING`,
    );
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAYING', transfer_id: null });
  });

  it('is not believed of an order that nobody knows', async () => {
    const unknown = fixture.ids.orderId('7');
    await expect(controller.recordCredit(posted(unknown))).rejects.toThrow(
      `order ${unknown}, which is unknown here`,
    );
    await expect(controller.recordCredit(posted('no order at all'))).rejects.toThrow(SyntaxError);
  });
});

describe('an order that is paid and not credited', () => {
  const claimed = async (shard: OrderShard, limit = 100) => new Set(await credits.claimOverdue(shard, limit));

  it('is left alone until the wallet has had its time', async () => {
    const order = await paidOrder();
    expect(await claimed(fixture.shards.ofId(order.id))).not.toContain(order.id);
    expect(await dueInSeconds(order)).toBeGreaterThan(0);
  });

  it.each([
    [6, 5],
    [40, 10],
    [400, 100],
    [100_000, 300],
  ])('after %d seconds is asked about again %d seconds later', async (paidSeconds, nextSeconds) => {
    const order = await paidOrder();
    await letTimePass(order, { dueSeconds: 1, paidSeconds });

    expect(await claimed(fixture.shards.ofId(order.id))).toContain(order.id);

    const seconds = await dueInSeconds(order);
    expect(seconds).toBeGreaterThan(nextSeconds - 3);
    expect(seconds).toBeLessThanOrEqual(nextSeconds + 1);
    expect(await claimed(fixture.shards.ofId(order.id))).not.toContain(order.id);
  });

  it('is taken by one of many replicas that look at the same moment', async () => {
    const orders = await Promise.all(Array.from({ length: 24 }, paidOrder));
    for (const order of orders) await letTimePass(order, { dueSeconds: 1, paidSeconds: 10 });

    const rounds = Array.from({ length: 6 }, () =>
      Promise.all(fixture.shards.all.map((shard) => credits.claimOverdue(shard, 3))),
    );
    const taken = (await Promise.all(rounds)).flat(2);
    for (const shard of fixture.shards.all) taken.push(...(await credits.claimOverdue(shard, 100)));

    const ours = taken.filter((id) => orders.some((order) => order.id === id));
    expect(ours.sort()).toEqual(orders.map(({ id }) => id).sort());
  });

  it('is announced again, in the same words, until it is credited', async () => {
    const order = await paidOrder();
    await eventually('it was told once', () => relayedOf(order.id).length === 1);
    await letTimePass(order, { dueSeconds: 1, paidSeconds: 10 });
    const { shards, stories, metrics, config, log } = fixture;
    const sweep = new CreditSweep(shards, credits, stories, metrics, config, log);
    await sweep.onApplicationBootstrap();
    try {
      await eventually('it is told again', () => relayedOf(order.id).length === 2);
      await controller.recordCredit(posted(order.id));
    } finally {
      await sweep.beforeApplicationShutdown();
    }
    const [first, second] = relayedOf(order.id);
    expect(second).toEqual(first);
    expect(await claimed(fixture.shards.ofId(order.id))).not.toContain(order.id);
  });
});
