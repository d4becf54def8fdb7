import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { payment } from '#libs/contracts';
import type { RefundFault } from './testing/memory-channel.js';
import { type RefundFixture, startRefundFixture } from './testing/refund-fixture.js';
import {
  type PaidOrder,
  announcementsOf,
  askRefund,
  figuresOf,
  nextRound,
  refundRows,
  refundWith,
} from './testing/refunded-orders.js';

const YUAN = 1_000_000n;
let fixture: RefundFixture;

beforeAll(async () => {
  fixture = await startRefundFixture();
}, 60_000);
afterAll(() => fixture.stop());

const refund = (order: PaidOrder, amount: bigint, more?: Parameters<typeof askRefund>[3]) =>
  askRefund(fixture, order, amount, more);

describe('a replica that was late', () => {
  it('does not end what another has sent, because the wallet says no to it by now', async () => {
    const { order, refund: asked } = await refundWith(fixture, 'UNDECIDED');
    const row = await fixture.refunds.findById(asked.id);
    if (!row) throw new Error('The refund is gone');
    fixture.purse.freeze(asked.id);
    await fixture.progress.advance({ ...row, state: 'REQUESTED', call_count: 0 });
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'PROCESSING', problem: null });
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 20n * YUAN, 0n]);
  });
});

describe('a channel', () => {
  it('that has decided nothing (fund_change=N) is asked until it has, and is sent nothing twice', async () => {
    const { order, refund: asked } = await refundWith(fixture, 'UNDECIDED');
    expect(asked).toMatchObject({ state: 'PROCESSING', problem: null });
    await nextRound(fixture, order.id);
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'PROCESSING' });
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 20n * YUAN, 0n]);

    fixture.channel.finish(asked.id);
    await nextRound(fixture, order.id);
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'SUCCEEDED' });
    expect(fixture.channel.sent.get(asked.id)).toBe(1);
    expect(await figuresOf(fixture, order.id)).toEqual([20n * YUAN, 0n, 0n]);
  });

  it("that can't give it back where it came from shows a problem until somebody has dealt with it", async () => {
    const { order, refund: asked } = await refundWith(fixture, 'ABNORMAL');
    expect(asked).toMatchObject({
      state: 'PROCESSING',
      problem: 'ABNORMAL',
      problemMessage: 'the card is closed',
    });
    const waiting = async () =>
      (await fixture.controller.search({ withProblem: true, limit: 100 })).items.map(({ id }) => id);
    expect(await waiting()).toContain(asked.id);
    // A channel that can't be reached says nothing about it.
    fixture.channel.isSilent = true;
    await nextRound(fixture, order.id);
    fixture.channel.isSilent = false;
    expect(await waiting()).toContain(asked.id);

    fixture.channel.finish(asked.id);
    await nextRound(fixture, order.id);
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'SUCCEEDED', problem: null });
  });

  it('that has too little of our money is sent the same request again, under the same number', async () => {
    const { order, refund: asked } = await refundWith(fixture, 'SHORT_OF_FUNDS');
    expect(asked).toMatchObject({ state: 'PROCESSING', problem: 'INSUFFICIENT_SELLER_BALANCE' });
    await nextRound(fixture, order.id);
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'SUCCEEDED', problem: null });
    expect(fixture.channel.sent.get(asked.id)).toBe(2);
    expect(fixture.channel.givenBack(order.attemptId)).toBe(20n * YUAN);
  });

  it.each<[RefundFault, payment.RefundProblem]>([
    ['TOO_OLD', 'TOO_OLD'],
    ['REFUSED', 'REFUSED_BY_CHANNEL'],
  ])('that answers %s ends it: what was promised and held is let go', async (fault, problem) => {
    const { order, refund: asked } = await refundWith(fixture, fault, 50n * YUAN);
    expect(asked).toMatchObject({ state: 'FAILED', problem });
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 0n, 0n]);
    expect(await announcementsOf(fixture, asked.id)).toBe(1);
    expect((await refund(order, order.amount)).state).toBe('SUCCEEDED');
  });

  it.each<[RefundFault, number]>([
    ['LOST_ANSWER', 1],
    ['LOST_REQUEST', 2],
    ['BUSY', 2],
  ])(
    'of which nobody knows what it did (%s) is asked first, and sent it again only then',
    async (fault, sent) => {
      const { order, refund: asked } = await refundWith(fixture, fault);
      expect(asked).toMatchObject({ state: 'PROCESSING', problem: null });
      expect(await figuresOf(fixture, order.id)).toEqual([0n, 20n * YUAN, 0n]);
      await nextRound(fixture, order.id);
      expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'SUCCEEDED' });
      expect(fixture.channel.sent.get(asked.id)).toBe(sent);
      expect(fixture.channel.givenBack(order.attemptId)).toBe(20n * YUAN);
    },
  );

  it('that gave back another amount is no end: it waits for an operator', async () => {
    const { order, refund: asked } = await refundWith(fixture, 'OTHER_AMOUNT');
    expect(asked).toMatchObject({ state: 'PROCESSING', problem: 'ABNORMAL' });
    expect(asked.problemMessage).toContain('19.99');
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 20n * YUAN, 0n]);
  });

  it('that tells of a refund and not what became of it is asked at once', async () => {
    const { order, refund: asked } = await refundWith(fixture, 'UNDECIDED');
    fixture.channel.finish(asked.id);

    expect(await fixture.notices.receive(asked.id, { state: 'PROCESSING' }, [])).toBe(true);

    const { database, tables } = fixture.shards.ofId(asked.id);
    const isDue =
      'SELECT 1 FROM `' + tables.refunds + '` WHERE `id` = ? AND `next_action_at` <= UTC_TIMESTAMP(3)';
    expect(await database.query(isDue, [asked.id])).toHaveLength(1);
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'PROCESSING' });
  });

  it('that tells by itself is heard once, and about no refund that nobody asked for', async () => {
    const { order, refund: asked } = await refundWith(fixture, 'UNDECIDED');
    fixture.channel.finish(asked.id);
    const word = await fixture.channel.queryRefund({ outRefundNo: asked.id });

    expect(await fixture.notices.receive(asked.id, word, ['another mchid'])).toBe(true);
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'PROCESSING' });
    const heard = Array.from({ length: 10 }, () => fixture.notices.receive(asked.id, word, []));
    expect(await Promise.all(heard)).toEqual(Array.from({ length: 10 }, () => true));
    expect(await fixture.notices.receive(fixture.ids.refundId(order.id), word, [])).toBe(false);

    expect(await figuresOf(fixture, order.id)).toEqual([20n * YUAN, 0n, 0n]);
    expect(await announcementsOf(fixture, asked.id)).toBe(1);
  });
});
