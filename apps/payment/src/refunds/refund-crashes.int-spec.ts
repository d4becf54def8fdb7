import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RefundFault } from './testing/memory-channel.js';
import { type RefundFixture, startRefundFixture } from './testing/refund-fixture.js';
import {
  type PaidOrder,
  announcementsOf,
  askRefund,
  creditedOrder,
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
    const { order, refund: asked } = await refundWith(fixture, 'UNDECIDED');
    await expect(fixture.settlements.record(posted(asked.id))).rejects.toThrow('which is PROCESSING');
    await expect(fixture.settlements.record(posted(fixture.ids.refundId(order.id)))).rejects.toThrow(
      'unknown',
    );
  });
});
