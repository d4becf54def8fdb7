import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RefundFixture, startRefundFixture } from './testing/refund-fixture.js';
import {
  type PaidOrder,
  announcementsOf,
  askRefund,
  creditedOrder,
  figuresOf,
  nextRound,
  refundRows,
  refusalsIn,
  secondPayment,
} from './testing/refunded-orders.js';

const YUAN = 1_000_000n;
let fixture: RefundFixture;

beforeAll(async () => {
  fixture = await startRefundFixture();
}, 60_000);
afterAll(() => fixture.stop());

const refund = (order: PaidOrder, amount: bigint, more?: Parameters<typeof askRefund>[3]) =>
  askRefund(fixture, order, amount, more);

describe('a payment that pays no order', () => {
  it('is given back by itself when it is the second of its order, exactly once, and not from the order', async () => {
    const order = await creditedOrder(fixture);
    const attemptId = await secondPayment(fixture, order);
    const held = fixture.purse.holds.size;
    for (let round = 0; round < 3; round += 1) await nextRound(fixture, order.id);

    const rows = await refundRows(fixture, order.id);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: 'duplicate', state: 'SUCCEEDED' });
    expect(fixture.channel.givenBack(attemptId)).toBe(order.amount);
    expect(fixture.channel.givenBack(order.attemptId)).toBe(0n);
    expect(fixture.purse.holds.size).toBe(held);
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 0n, 0n]);
    expect(await announcementsOf(fixture, rows[0]?.id ?? '')).toBe(1);

    const { items } = await fixture.controller.listDuplicates({ limit: 100 });
    expect(items.find((item) => item.attemptId === attemptId)).toMatchObject({
      amount: order.amount,
      refundId: rows[0]?.id,
      refundState: 'SUCCEEDED',
    });
    // The order's own payment is still there to be refunded.
    expect((await refund(order, order.amount)).state).toBe('SUCCEEDED');
  });

  it('is given back although a merchant has taken the key that its refund would have', async () => {
    const order = await creditedOrder(fixture);
    const next = fixture.ids.attemptId(order.id);
    await refund(order, YUAN, { idempotencyKey: `duplicate:${next}` });
    const attemptId = await secondPayment(fixture, order, { id: next });
    await nextRound(fixture, order.id);
    expect(fixture.channel.givenBack(attemptId)).toBe(order.amount);
  });

  it('is given back by one of several operators who want to at once, when it was not as asked', async () => {
    const order = await creditedOrder(fixture);
    const attemptId = await secondPayment(fixture, order, { paid: 49_990_000n });
    expect(await refundRows(fixture, order.id)).toEqual([]);

    const wishes = Array.from({ length: 8 }, (_, index) =>
      fixture.controller.refundConflict({ attemptId, operatorId: String(index + 1), reason: 'not as asked' }),
    );
    const answers = await Promise.allSettled(wishes);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(refusalsIn(answers)).toEqual(Array.from({ length: 7 }, () => 'CONFLICT_ALREADY_SETTLED'));
    await nextRound(fixture, order.id);

    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ kind: 'conflict', state: 'SUCCEEDED' });
    expect(fixture.channel.givenBack(attemptId)).toBe(49_990_000n);
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 0n, 0n]);
    await expect(
      fixture.controller.refundConflict({ attemptId: order.attemptId, operatorId: '1', reason: 'just so' }),
    ).rejects.toMatchObject({ code: 'CONFLICT_NOT_FOUND' });
  });
});
