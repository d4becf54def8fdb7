import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { archiveTableNames, tableNames } from '#libs/orders';
import { AMOUNT, booked, bookedRefund, paymentLine } from '../reconciliation/testing/booked.js';
import {
  type ReconciliationFixture,
  reconcile,
  startReconciliationFixture,
} from '../reconciliation/testing/reconciliation-fixture.js';
import { archiveOf } from './archive.repository.js';

const LONG_AGO = new Date('2026-01-05T04:00:00Z');
/** Ids say when they were made, which in a test is now: so everything that has ended by tomorrow is old. */
const tomorrow = () => new Date(Date.now() + 86_400_000);
const PARTS = ['orders', 'orderDetails', 'attempts', 'refunds', 'orderEvents'] as const;

let fixture: ReconciliationFixture;

beforeAll(async () => {
  fixture = await startReconciliationFixture();
}, 60_000);
afterAll(() => fixture.stop());

const anOldOrder = (wish: Parameters<typeof booked>[1] = {}) =>
  booked(fixture, { merchantId: '7', paidAt: LONG_AGO, createdAt: LONG_AGO, ...wish });

const shard = () => fixture.shards.ofMerchant('7');

/** All of a shard, in batches of two. */
async function archiveAll(limit = 2): Promise<number> {
  let afterId = '0';
  let archived = 0;
  for (;;) {
    const batch = await fixture.archive.archiveBatch(shard(), tomorrow(), afterId, limit);
    archived += batch.archived;
    if (batch.lastId === null) return archived;
    afterId = batch.lastId;
  }
}

/** Every row of an order in the live tables and in the archive. */
async function rowsOf(orderId: string) {
  const read = async (tables: Readonly<Record<(typeof PARTS)[number], string>>) =>
    Promise.all(
      PARTS.map((part) =>
        fixture.database.query<Record<string, unknown>>(
          `SELECT * FROM \`${tables[part]}\` WHERE \`${part === 'orders' ? 'id' : 'order_id'}\` = ?`,
          [orderId],
        ),
      ),
    );
  return {
    live: await read(tableNames(shard().shard)),
    archive: await read(archiveTableNames(shard().shard)),
  };
}

describe('the archive', () => {
  it('takes an ended order with all that belongs to it, column by column, and can still read it', async () => {
    const order = await anOldOrder();
    const refundId = await bookedRefund(fixture, order, { succeededAt: LONG_AGO });
    await fixture.stories.append(fixture.database, shard(), {
      orderId: order.orderId,
      kind: 'order.created',
    });
    const before = await rowsOf(order.orderId);
    const row = await fixture.orders.findById(order.orderId);

    expect(await archiveAll()).toBe(1);

    const after = await rowsOf(order.orderId);
    expect(after.live.flat()).toEqual([]);
    expect(after.archive).toEqual(before.live);
    expect(before.live.map((rows) => rows.length)).toEqual([1, 1, 1, 1, 1]);
    expect(await fixture.archive.findById(order.orderId)).toEqual(row);
    for (const number of [order.orderId, order.attemptId, refundId])
      expect(await fixture.archive.findOrderId(number)).toBe(order.orderId);
    expect(await fixture.stories.list(archiveOf(shard()), order.orderId, '0', 10)).toHaveLength(1);
  });

  it('leaves what has not ended: open, asked about, being refunded, in conflict, differing, young', async () => {
    const conflict = await anOldOrder({ state: 'CONFLICTED', orderState: 'CLOSED' });
    const refunding = await anOldOrder();
    await bookedRefund(fixture, refunding, { state: 'PROCESSING' });
    const stranger = await anOldOrder();
    fixture.channel.bills.set('2026-01-05', [paymentLine(stranger.attemptId, { amount: AMOUNT + 1n })]);
    await fixture.database.write(
      `UPDATE \`${shard().tables.attempts}\` SET \`account_id\` = 'alipay-second' WHERE \`id\` <> ?`,
      [stranger.attemptId],
    );
    await reconcile(fixture, '2026-01-05');
    const kept = [
      conflict,
      refunding,
      stranger,
      await anOldOrder({ orderState: 'PAID' }),
      await anOldOrder({ state: 'PENDING' }),
      await anOldOrder({ state: 'CLOSED', orderState: 'CLOSED', nextQueryAt: new Date() }),
      await anOldOrder({ createdAt: new Date(tomorrow().getTime() + 60_000) }),
    ];

    expect(await archiveAll()).toBe(0);
    for (const { orderId } of kept) expect(await fixture.archive.findById(orderId)).toBeNull();

    // An operator has looked at the difference; the refund is done.
    await fixture.database.write("UPDATE `reconciliation_difference` SET `state` = 'ACCEPTED'");
    expect(await archiveAll()).toBe(1);
    expect(await fixture.archive.findById(stranger.orderId)).not.toBeNull();
  });

  it('is filled by two replicas at once without either taking the other’s orders', async () => {
    const orders = [];
    for (let index = 0; index < 30; index += 1) orders.push(await anOldOrder({ paidAt: LONG_AGO }));
    const archived = await Promise.all([archiveAll(3), archiveAll(4), archiveAll(5)]);
    // What one of them had locked, the others have passed over: it is taken by the next round at the latest.
    const rest = await archiveAll();
    expect(archived.reduce((sum, count) => sum + count) + rest).toBe(30);
    for (const { orderId } of orders) expect(await fixture.archive.findById(orderId)).not.toBeNull();
  });

  it('has moved nothing of a batch in which its replica died', async () => {
    const order = await anOldOrder();
    // A row of the same event id in the archive already: the last of the five steps fails.
    await fixture.stories.append(fixture.database, shard(), {
      orderId: order.orderId,
      kind: 'order.created',
    });
    const archived = archiveTableNames(shard().shard).orderEvents;
    await fixture.database.write(
      `INSERT INTO \`${archived}\` SELECT * FROM \`${shard().tables.orderEvents}\` WHERE \`order_id\` = ?`,
      [order.orderId],
    );
    const before = await rowsOf(order.orderId);
    await expect(archiveAll()).rejects.toThrow('Duplicate entry');
    expect(await rowsOf(order.orderId)).toEqual(before);
    await fixture.database.write(`DELETE FROM \`${archived}\` WHERE \`order_id\` = ?`, [order.orderId]);
    expect(await archiveAll()).toBe(1);
  });

  it('gives an order back as it was, to whom something happens after all, and does not take it away at once', async () => {
    const order = await anOldOrder({ state: 'CLOSED', orderState: 'CLOSED' });
    const before = await fixture.orders.findById(order.orderId);
    await archiveAll();

    const restored = await Promise.all([1, 2, 3].map(() => fixture.archive.restore(order.orderId)));

    expect(restored.filter(Boolean)).toHaveLength(1);
    expect(await fixture.orders.findById(order.orderId)).toEqual(before);
    expect(await fixture.archive.findById(order.orderId)).toBeNull();
    const young = await fixture.archive.archiveBatch(shard(), new Date(Date.now() - 1_000), '0', 100);
    expect(young.archived).toBe(0);

    const decision = await fixture.settlement.settle({
      outTradeNo: order.attemptId,
      trade: { state: 'PAID', channelTradeNo: 'late', amount: AMOUNT, paidAt: new Date() },
      channel: fixture.channel,
      mismatches: [],
      source: 'notify',
    });
    expect(decision).toMatchObject({ action: 'PAY', late: true });
  });

  it('still agrees with the bill of its day, and comes back when the bill says that it was paid', async () => {
    const [paid, missed] = [await anOldOrder(), await anOldOrder({ state: 'CLOSED', orderState: 'CLOSED' })];
    await archiveAll();
    fixture.channel.trades.set(missed.attemptId, {
      state: 'PAID',
      channelTradeNo: 'T1',
      amount: AMOUNT,
      paidAt: LONG_AGO,
    });
    fixture.channel.bills.set('2026-01-06', [paymentLine(paid.attemptId), paymentLine(missed.attemptId)]);

    const done = await reconcile(fixture, '2026-01-06');

    expect(done).toMatchObject({ paymentsMatched: 2, differences: 1, openDifferences: 0 });
    expect(await fixture.orders.findById(missed.orderId)).toMatchObject({ state: 'PAID' });
    expect(await fixture.archive.findById(paid.orderId)).not.toBeNull();
  });
});
