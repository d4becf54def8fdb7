import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayAfter, spanOf } from '#libs/calendar';
import { ReconciliationSweep } from './reconciliation-sweep.js';
import { AMOUNT, FEE, booked, paymentLine, tradeNoOf } from './testing/booked.js';
import {
  type ReconciliationFixture,
  reconcile,
  startReconciliationFixture,
} from './testing/reconciliation-fixture.js';

const [FIRST, SECOND] = ['11', '12'];

let fixture: ReconciliationFixture;
let day = '2025-03-01';

beforeAll(async () => {
  fixture = await startReconciliationFixture();
}, 60_000);
afterAll(() => fixture.stop());

/** The one difference of a day of its own. */
async function aDifference(...lines: Parameters<typeof paymentLine>[]) {
  day = dayAfter(day);
  fixture.channel.bills.set(
    day,
    lines.map((line) => paymentLine(...line)),
  );
  const { id } = await reconcile(fixture, day);
  const [difference] = await fixture.differences.list({ reconciliationId: id }, 10);
  if (!difference) throw new Error('The day agrees');
  return difference;
}

const settle = (id: string, action: 'accept' | 'repair' | 'refund' | 'write_off', operatorId = FIRST) =>
  fixture.desk.settle({ id, operatorId, action, reason: 'looked at it' });

const writtenOff = (id: string) =>
  fixture.database.query<{ payload: string }>(
    "SELECT `payload` FROM `outbox` WHERE `event_name` = 'difference.written-off' AND `aggregate_id` = ?",
    [id],
  );

describe('an operator', () => {
  it('accepts, once, with a reason that stays', async () => {
    const { id } = await aDifference(['nobody-1']);
    expect(await settle(id, 'accept')).toMatchObject({
      state: 'ACCEPTED',
      reason: 'looked at it',
      settledBy: FIRST,
    });
    await expect(settle(id, 'accept')).rejects.toMatchObject({ code: 'DIFFERENCE_ACTION_REFUSED' });
  });

  it('is refused what the table of actions does not have', async () => {
    const { id } = await aDifference(['nobody-2']);
    await expect(settle(id, 'refund')).rejects.toMatchObject({ code: 'DIFFERENCE_ACTION_REFUSED' });
    await expect(settle('77', 'accept')).rejects.toMatchObject({ code: 'DIFFERENCE_NOT_FOUND' });
  });

  it('writes off only together with another one, and it is announced once', async () => {
    const { id } = await aDifference(['nobody-3']);
    expect(await settle(id, 'write_off')).toMatchObject({ state: 'APPROVAL_PENDING', settledAt: null });
    await expect(fixture.desk.approve(id, FIRST, true)).rejects.toMatchObject({
      code: 'SECOND_PERSON_NEEDED',
    });
    expect(await writtenOff(id)).toEqual([]);

    const approvals = await Promise.allSettled([1, 2, 3].map(() => fixture.desk.approve(id, SECOND, true)));

    expect(approvals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await fixture.differences.find(id)).toMatchObject({
      state: 'WRITTEN_OFF',
      settledBy: FIRST,
      approvedBy: SECOND,
    });
    const events = await writtenOff(id);
    expect(events).toHaveLength(1);
    const [{ payload }] = events as [{ payload: string | object }];
    expect(typeof payload === 'string' ? JSON.parse(payload) : payload).toEqual({
      differenceId: id,
      channel: 'alipay',
      amount: String(AMOUNT - FEE),
      reason: 'looked at it',
    });
  });

  it('sends a wished write-off back', async () => {
    const { id } = await aDifference(['nobody-4']);
    await settle(id, 'write_off');
    expect(await fixture.desk.approve(id, FIRST, false)).toMatchObject({ state: 'OPEN', settledBy: null });
    await expect(fixture.desk.approve(id, SECOND, true)).rejects.toMatchObject({
      code: 'DIFFERENCE_ACTION_REFUSED',
    });
  });

  it('has a payment asked about again, and hears when the channel is silent', async () => {
    const missed = await booked(fixture, { state: 'PENDING' });
    fixture.channel.isSilent = true;
    const { id } = await aDifference([missed.attemptId]);
    await expect(settle(id, 'repair')).rejects.toMatchObject({ code: 'CHANNEL_UNAVAILABLE' });

    fixture.channel.isSilent = false;
    const paid = {
      state: 'PAID',
      channelTradeNo: tradeNoOf(missed.attemptId),
      amount: AMOUNT,
      paidAt: new Date(),
    } as const;
    fixture.channel.trades.set(missed.attemptId, paid);
    expect(await settle(id, 'repair')).toMatchObject({
      state: 'REPAIRED',
      reason: 'looked at it',
      settledBy: FIRST,
    });
  });

  it('gives back what pays nothing here: the money is made known first', async () => {
    const [wrong, right] = [
      await booked(fixture, { state: 'PENDING' }),
      await booked(fixture, { state: 'PENDING' }),
    ];
    fixture.channel.isSilent = true;
    const differences = [
      await aDifference([wrong.attemptId, { amount: AMOUNT - 10_000n }]),
      await aDifference([right.attemptId]),
    ];
    fixture.channel.isSilent = false;
    for (const [{ attemptId }, amount] of [
      [wrong, AMOUNT - 10_000n],
      [right, AMOUNT],
    ] as const) {
      fixture.channel.trades.set(attemptId, {
        state: 'PAID',
        channelTradeNo: tradeNoOf(attemptId),
        amount,
        paidAt: new Date(),
      });
    }

    expect(await settle(differences[0]!.id, 'refund')).toMatchObject({ state: 'REFUNDED', settledBy: FIRST });
    await expect(settle(differences[1]!.id, 'refund')).rejects.toMatchObject({
      code: 'DIFFERENCE_ACTION_REFUSED',
    });
    const { database, tables } = fixture.shards.ofId(wrong.orderId);
    const refunds = await database.query(
      `SELECT \`attempt_id\`, \`kind\`, \`amount\`, \`requested_by\` FROM \`${tables.refunds}\` WHERE \`order_id\` IN (?)`,
      [[wrong.orderId, right.orderId]],
    );
    expect(refunds).toEqual([
      {
        attempt_id: wrong.attemptId,
        kind: 'conflict',
        amount: String(AMOUNT - 10_000n),
        requested_by: FIRST,
      },
    ]);
  });

  it('reads the differences page by page, each of them once', async () => {
    day = dayAfter(day);
    fixture.channel.bills.set(
      day,
      Array.from({ length: 25 }, (_, index) => paymentLine(`page-${index}`)),
    );
    const { id } = await reconcile(fixture, day);
    const seen: string[] = [];
    for (let beforeId: string | undefined; ; beforeId = seen.at(-1)) {
      const page = await fixture.differences.list({ reconciliationId: id, beforeId }, 10);
      if (page.length === 0) break;
      seen.push(...page.map((each) => each.id));
    }
    expect(new Set(seen).size).toBe(25);
    expect(seen).toEqual(seen.toSorted((one, other) => (BigInt(one) < BigInt(other) ? 1 : -1)));
  });
});

describe('the daily plan', () => {
  const at = (text: string) => new Date(text);

  it('is yesterday, once the hour in Beijing has come, whoever plans it and however often', async () => {
    const sweep = new ReconciliationSweep(
      fixture.reconciliations,
      fixture.channels,
      fixture.runner,
      fixture.config,
      fixture.log,
    );
    await fixture.database.write('DELETE FROM `reconciliation`');
    // 10:59 in Beijing.
    expect(await sweep.plan(at('2026-11-20T02:59:00Z'))).toBe(0);
    const planned = await Promise.all([1, 2, 3].map(() => sweep.plan(at('2026-11-20T03:00:00Z'))));
    expect(planned.reduce((sum, count) => sum + count)).toBe(1);
    expect(await fixture.reconciliations.latestDay('alipay-main')).toBe('2026-11-19');

    // Everything was down for two days.
    expect(await sweep.plan(at('2026-11-23T03:00:00Z'))).toBe(3);
    expect(await fixture.reconciliations.latestDay('alipay-main')).toBe('2026-11-22');
  });

  it('begins a day at midnight in Beijing', () => {
    expect(spanOf('2026-11-20')).toEqual({
      from: at('2026-11-19T16:00:00Z'),
      to: at('2026-11-20T16:00:00Z'),
    });
  });
});
