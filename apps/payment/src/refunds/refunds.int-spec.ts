import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RefundFixture, startRefundFixture } from './testing/refund-fixture.js';
import {
  type PaidOrder,
  announcementsOf,
  askRefund,
  creditedOrder,
  figuresOf,
  refundRows,
  refusalsIn,
} from './testing/refunded-orders.js';

const YUAN = 1_000_000n;
let fixture: RefundFixture;

beforeAll(async () => {
  fixture = await startRefundFixture();
}, 60_000);
afterAll(() => fixture.stop());

const refund = (order: PaidOrder, amount: bigint, more?: Parameters<typeof askRefund>[3]) =>
  askRefund(fixture, order, amount, more);

describe('refunds of one order', () => {
  it('never exceed what was paid, however many are asked for at once', async () => {
    const order = await creditedOrder(fixture);
    const asked = await Promise.allSettled(Array.from({ length: 100 }, () => refund(order, 1_300_000n)));

    // 38 × 1.30 = 49.40 of 50.00
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(38);
    expect(new Set(refusalsIn(asked))).toEqual(new Set(['REFUND_EXCEEDS_RECHARGE']));
    expect(fixture.channel.givenBack(order.attemptId)).toBe(38n * 1_300_000n);
    expect(await figuresOf(fixture, order.id)).toEqual([38n * 1_300_000n, 0n, 0n]);

    await refund(order, 600_000n);
    await expect(refund(order, 10_000n)).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_RECHARGE' });
    expect(fixture.channel.givenBack(order.attemptId)).toBe(order.amount);
  }, 60_000);

  it('take the whole bonus back when they sum to the whole, and each its share to the fen', async () => {
    const order = await creditedOrder(fixture, { bonus: 10_010_000n });
    const parts = [16_660_000n, 330_000n, 10_000n, 16_340_000n, 16_660_000n];
    const taken: bigint[] = [];
    for (const part of parts) taken.push((await refund(order, part)).bonusAmount);

    expect(taken.reduce((sum, part) => sum + part)).toBe(10_010_000n);
    for (const [index, part] of taken.entries()) {
      const share = (10_010_000n * (parts[index] ?? 0n)) / order.amount;
      expect(part - share).toBeGreaterThanOrEqual(-10_000n);
      expect(part - share).toBeLessThanOrEqual(10_000n);
    }
    expect(await figuresOf(fixture, order.id)).toEqual([order.amount, 0n, 10_010_000n]);
  });

  it('are refused for nothing, for parts of a fen, for a stranger and for what is not credited', async () => {
    const order = await creditedOrder(fixture);
    for (const amount of [0n, -10_000n, 10_001n, 5_000n])
      await expect(refund(order, amount)).rejects.toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    await expect(refund(order, YUAN, { merchantId: '4' })).rejects.toMatchObject({
      code: 'RECHARGE_NOT_FOUND',
    });
    const { database, tables } = fixture.shards.ofId(order.id);
    await database.write(`UPDATE \`${tables.orders}\` SET \`state\` = 'PAID' WHERE \`id\` = ?`, [order.id]);
    await expect(refund(order, YUAN)).rejects.toMatchObject({ code: 'RECHARGE_NOT_REFUNDABLE' });
    expect(await refundRows(fixture, order.id)).toEqual([]);
  });
});

describe('an idempotency key', () => {
  it('makes one refund, by however many requests at once, and none from another request', async () => {
    const order = await creditedOrder(fixture);
    const same = () => refund(order, 20n * YUAN, { idempotencyKey: 'once' });
    const answers = await Promise.all(Array.from({ length: 20 }, same));
    answers.push(await same());

    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(fixture.channel.givenBack(order.attemptId)).toBe(20n * YUAN);
    expect(await figuresOf(fixture, order.id)).toEqual([20n * YUAN, 0n, 0n]);
    for (const [amount, reason] of [
      [10n * YUAN, undefined],
      [20n * YUAN, 'another one'],
    ] as const)
      await expect(
        refund(order, amount, { idempotencyKey: 'once', ...(reason && { reason }) }),
      ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('that comes again and again while nothing is decided asks the channel nothing: that is for the sweep', async () => {
    const order = await creditedOrder(fixture);
    fixture.channel.faults.push('UNDECIDED');
    const { id } = await refund(order, YUAN, { idempotencyKey: 'impatient' });
    const calls = fixture.calls.length;
    for (let count = 0; count < 5; count += 1) {
      const again = await refund(order, YUAN, { idempotencyKey: 'impatient' });
      expect(again).toMatchObject({ id, state: 'PROCESSING' });
    }
    expect(fixture.calls).toHaveLength(calls);
  });

  it('is told apart by upper and lower case', async () => {
    const order = await creditedOrder(fixture);
    const lower = await refund(order, YUAN, { idempotencyKey: 'key' });
    expect((await refund(order, YUAN, { idempotencyKey: 'KEY' })).id).not.toBe(lower.id);
    const longest = 'k'.repeat(80);
    await refund(order, YUAN, { idempotencyKey: longest });
    expect((await refund(order, YUAN, { idempotencyKey: longest })).id).not.toBe(lower.id);
  });

  it('belongs to one order', async () => {
    const [one, other] = [await creditedOrder(fixture), await creditedOrder(fixture)];
    const first = await refund(one, YUAN, { idempotencyKey: 'shared' });
    expect((await refund(other, YUAN, { idempotencyKey: 'shared' })).id).not.toBe(first.id);
  });
});

describe('a wallet that has too little', () => {
  it('stops it before the channel is asked, and the order can be refunded again', async () => {
    const order = await creditedOrder(fixture, { bonus: 5n * YUAN });
    const before = fixture.purse.balance;
    fixture.purse.balance = 21n * YUAN;
    try {
      await expect(refund(order, 20n * YUAN)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    } finally {
      fixture.purse.balance = before;
    }
    const [row] = await refundRows(fixture, order.id);
    expect(row).toMatchObject({
      state: 'FAILED',
      problem: 'INSUFFICIENT_WALLET_BALANCE',
      next_action_at: null,
    });
    expect(fixture.channel.sent.get(row?.id ?? '')).toBeUndefined();
    expect(await announcementsOf(fixture, row?.id ?? '')).toBe(0);
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 0n, 0n]);
    expect((await refund(order, order.amount)).state).toBe('SUCCEEDED');
  });
});

describe('lists', () => {
  it('lead from refunds to their recharges, and leave out what is no refund', async () => {
    const [one, other] = [await creditedOrder(fixture), await creditedOrder(fixture)];
    const [first, second] = [await refund(one, YUAN), await refund(other, YUAN)];
    const { items } = await fixture.controller.findOrders({ refundIds: [first.id, one.id, second.id] });
    expect(items).toEqual([
      { refundId: first.id, rechargeId: one.id },
      { refundId: second.id, rechargeId: other.id },
    ]);
  });

  it("show an order's refunds to its merchant only, and all refunds to operators without gap or repetition", async () => {
    const order = await creditedOrder(fixture);
    const made = [];
    for (let count = 0; count < 5; count += 1) made.push((await refund(order, YUAN)).id);
    const { items } = await fixture.controller.list({ merchantId: order.merchantId, rechargeId: order.id });
    expect(items.map(({ id }) => id)).toEqual(made);
    await expect(fixture.controller.list({ merchantId: '4', rechargeId: order.id })).rejects.toMatchObject({
      code: 'RECHARGE_NOT_FOUND',
    });

    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await fixture.controller.search({ limit: 7, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => (BigInt(a) < BigInt(b) ? 1 : -1)));
    expect(seen).toEqual(expect.arrayContaining(made));
    const failed = await fixture.controller.search({ state: 'FAILED', kind: 'merchant', limit: 100 });
    expect(new Set(failed.items.map(({ state }) => state))).toEqual(new Set(['FAILED']));
  });
});
