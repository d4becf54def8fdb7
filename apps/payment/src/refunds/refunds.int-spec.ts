import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { payment } from '#libs/contracts';
import type { RefundFault } from './testing/memory-channel.js';
import {
  type PaidOrder,
  type RefundFixture,
  announcementsOf,
  creditedOrder,
  figuresOf,
  nextRound,
  refundRows,
  secondPayment,
  startRefundFixture,
} from './testing/refund-fixture.js';

const YUAN = 1_000_000n;
let fixture: RefundFixture;

beforeAll(async () => {
  fixture = await startRefundFixture();
}, 60_000);
afterAll(() => fixture.stop());

const refund = (
  order: PaidOrder,
  amount: bigint,
  more: { idempotencyKey?: string; reason?: string; merchantId?: string } = {},
): Promise<payment.Refund> =>
  fixture.service.create({
    merchantId: order.merchantId,
    rechargeId: order.id,
    amount,
    reason: 'does not want it',
    ...more,
  });

/** A refund of an order of 50 yuan that meets a fault when it is sent. */
async function refundWith(fault: RefundFault, amount = 20n * YUAN) {
  const order = await creditedOrder(fixture);
  fixture.channel.faults.push(fault);
  return { order, refund: await refund(order, amount) };
}

describe('refunds of one order', () => {
  it('never exceed what was paid, however many are asked for at once', async () => {
    const order = await creditedOrder(fixture);
    const asked = await Promise.allSettled(Array.from({ length: 100 }, () => refund(order, 1_300_000n)));

    // 38 × 1.30 = 49.40 of 50.00
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(38);
    for (const answer of asked) {
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'REFUND_EXCEEDS_RECHARGE' });
    }
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

describe('a replica that was late', () => {
  it('does not end what another has sent, because the wallet says no to it by now', async () => {
    const { order, refund: asked } = await refundWith('UNDECIDED');
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
    const { order, refund: asked } = await refundWith('UNDECIDED');
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
    const { order, refund: asked } = await refundWith('ABNORMAL');
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
    const { order, refund: asked } = await refundWith('SHORT_OF_FUNDS');
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
    const { order, refund: asked } = await refundWith(fault, 50n * YUAN);
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
      const { order, refund: asked } = await refundWith(fault);
      expect(asked).toMatchObject({ state: 'PROCESSING', problem: null });
      expect(await figuresOf(fixture, order.id)).toEqual([0n, 20n * YUAN, 0n]);
      await nextRound(fixture, order.id);
      expect((await refundRows(fixture, order.id))[0]).toMatchObject({ state: 'SUCCEEDED' });
      expect(fixture.channel.sent.get(asked.id)).toBe(sent);
      expect(fixture.channel.givenBack(order.attemptId)).toBe(20n * YUAN);
    },
  );

  it('that gave back another amount is no end: it waits for an operator', async () => {
    const { order, refund: asked } = await refundWith('OTHER_AMOUNT');
    expect(asked).toMatchObject({ state: 'PROCESSING', problem: 'ABNORMAL' });
    expect(asked.problemMessage).toContain('19.99');
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 20n * YUAN, 0n]);
  });

  it('that tells by itself is heard once, and about no refund that nobody asked for', async () => {
    const { order, refund: asked } = await refundWith('UNDECIDED');
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

describe('a process that dies over a refund', () => {
  /** Dies at a step of the request, and once more at the same step of the first round that takes it up. */
  async function dieAt(step: number, order: PaidOrder): Promise<boolean> {
    fixture.cut.at(step);
    await refund(order, 20n * YUAN).catch(() => undefined);
    const wasOver = fixture.cut.lift();
    fixture.cut.at(step);
    await fixture.sweep.round(fixture.shards.ofId(order.id)).catch(() => undefined);
    await nextRound(fixture, order.id).catch(() => undefined);
    fixture.cut.lift();
    for (let round = 0; round < 3; round += 1) await nextRound(fixture, order.id);
    return wasOver;
  }

  it.each<[string, RefundFault[]]>([
    ['a healthy channel', []],
    ['a channel whose answer is lost', ['LOST_ANSWER']],
    ['a channel that never got it', ['LOST_REQUEST']],
  ])(
    'between any two steps, with %s, leaves nothing undone and nothing done twice',
    async (_name, faults) => {
      let step = 0;
      let begun = 0;
      for (let isOver = false; !isOver;) {
        step += 1;
        fixture.channel.faults.splice(0, Number.POSITIVE_INFINITY, ...faults);
        const order = await creditedOrder(fixture, { bonus: 5n * YUAN });
        isOver = await dieAt(step, order);

        const rows = await refundRows(fixture, order.id);
        const [id = ''] = rows.map((row) => row.id);
        // Dead before the first commit: then nothing has ever happened. From that commit on it is one refund.
        const count = rows.length;
        expect([begun, 1]).toContain(count);
        begun = count;
        const given = BigInt(count) * 20n * YUAN;
        expect({
          step,
          states: rows.map(({ state }) => state),
          given: fixture.channel.givenBack(order.attemptId),
          held: fixture.purse.holds.get(id) ?? 0n,
          figures: await figuresOf(fixture, order.id),
          announced: await announcementsOf(fixture, id),
        }).toEqual({
          step,
          states: rows.map(() => 'SUCCEEDED'),
          given,
          held: BigInt(count) * 22n * YUAN,
          figures: [given, 0n, BigInt(count) * 2n * YUAN],
          announced: count,
        });
      }
      fixture.channel.faults.splice(0);
      expect(begun).toBe(1);
      expect(step).toBeGreaterThanOrEqual(12);
    },
    120_000,
  );
});

describe("the wallet's word that a refund's end is booked", () => {
  const posted = (reference: string, transferId = '1234567890123456789') => ({
    transferId,
    kind: 'refund' as const,
    reference,
    postedAt: new Date(),
    entries: [],
  });
  const toldOf = (refundId: string) =>
    fixture.relayed.filter(
      ({ name, payload }) =>
        name === 'refund.settled' && (payload as { refundId: string }).refundId === refundId,
    );

  it('is waited for: until it comes the end is announced again, in the same words', async () => {
    const order = await creditedOrder(fixture);
    const { id } = await refund(order, YUAN);
    const before = toldOf(id).length;
    await nextRound(fixture, order.id);
    expect(toldOf(id)).toHaveLength(before + 1);
    expect(new Set(toldOf(id).map((event) => JSON.stringify(event))).size).toBe(1);

    await fixture.settlements.record(posted(id));
    await fixture.settlements.record(posted(id));
    expect((await refundRows(fixture, order.id))[0]).toMatchObject({
      settle_transfer_id: '1234567890123456789',
      next_action_at: null,
    });
    const after = toldOf(id).length;
    await nextRound(fixture, order.id);
    expect(toldOf(id)).toHaveLength(after);
  });

  it('is not believed of a refund that goes on, nor of one that nobody knows', async () => {
    const { order, refund: asked } = await refundWith('UNDECIDED');
    await expect(fixture.settlements.record(posted(asked.id))).rejects.toThrow('which is PROCESSING');
    await expect(fixture.settlements.record(posted(fixture.ids.refundId(order.id)))).rejects.toThrow(
      'unknown',
    );
  });
});

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
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'CONFLICT_ALREADY_SETTLED' });
    await nextRound(fixture, order.id);

    expect((await refundRows(fixture, order.id))[0]).toMatchObject({ kind: 'conflict', state: 'SUCCEEDED' });
    expect(fixture.channel.givenBack(attemptId)).toBe(49_990_000n);
    expect(await figuresOf(fixture, order.id)).toEqual([0n, 0n, 0n]);
    await expect(
      fixture.controller.refundConflict({ attemptId: order.attemptId, operatorId: '1', reason: 'just so' }),
    ).rejects.toMatchObject({ code: 'CONFLICT_NOT_FOUND' });
  });
});

describe('lists', () => {
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
