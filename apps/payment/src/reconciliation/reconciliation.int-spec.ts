import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { payment } from '#libs/contracts';
import { spanOf } from '#libs/calendar';
import { AMOUNT, FEE, booked, bookedRefund, paymentLine, refundLine, tradeNoOf } from './testing/booked.js';
import {
  type ReconciliationFixture,
  reconcile,
  startReconciliationFixture,
} from './testing/reconciliation-fixture.js';

let fixture: ReconciliationFixture;
let lastDay = 0;
/** A day of each test's own, long past. */
let day: string;
let noon: Date;

beforeAll(async () => {
  fixture = await startReconciliationFixture();
}, 60_000);
afterAll(() => fixture.stop());
beforeEach(() => {
  lastDay += 10;
  day = new Date(Date.UTC(2025, 0, 1 + lastDay)).toISOString().slice(0, 10);
  noon = new Date(spanOf(day).from.getTime() + 12 * 3_600_000);
  fixture.channel.isSilent = false;
});

const found = async (reconciliation: payment.Reconciliation) =>
  (await fixture.differences.list({ reconciliationId: reconciliation.id }, 100)).toReversed();

async function attemptRow(attemptId: string) {
  const { database, tables } = fixture.shards.ofId(attemptId);
  const [row] = await database.query<{ state: string; fee: string | null; order_state: string }>(
    `SELECT \`a\`.\`state\`, \`a\`.\`fee\`, \`o\`.\`state\` AS \`order_state\` FROM \`${tables.attempts}\` AS \`a\` JOIN \`${tables.orders}\` AS \`o\` ON \`o\`.\`id\` = \`a\`.\`order_id\` WHERE \`a\`.\`id\` = ?`,
    [attemptId],
  );
  return row;
}

type Correction = Readonly<Record<'key' | 'subject' | 'difference', string>>;

const corrections = async (id: string) =>
  (
    await fixture.database.query<{ payload: string | object }>(
      "SELECT `payload` FROM `outbox` WHERE `event_name` = 'fee.corrected' AND `aggregate_id` = ?",
      [id],
    )
  ).map(({ payload }) => (typeof payload === 'string' ? JSON.parse(payload) : payload) as Correction);

const storyOf = async (orderId: string) =>
  (await fixture.stories.list(fixture.shards.ofId(orderId), orderId, '0', 50)).map(({ kind }) => kind);

describe('a day on which all agrees', () => {
  it('is matched line by line, with the sums of the bill', async () => {
    const payments = [];
    for (let index = 0; index < 12; index += 1) payments.push(await booked(fixture, { paidAt: noon }));
    const refundId = await bookedRefund(fixture, payments[0]!, { succeededAt: noon });
    fixture.channel.bills.set(day, [
      ...payments.map(({ attemptId }) => paymentLine(attemptId)),
      refundLine(payments[0]!.attemptId, refundId),
    ]);

    expect(await reconcile(fixture, day)).toMatchObject({
      state: 'DONE',
      billLines: 13,
      paymentsMatched: 12,
      refundsMatched: 1,
      paidAmount: 12n * AMOUNT,
      refundedAmount: 20_000_000n,
      feeAmount: 12n * FEE,
      differences: 0,
      openDifferences: 0,
      message: null,
    });
  });

  it('may have seen no trade at all', async () => {
    fixture.channel.bills.set(day, []);
    expect(await reconcile(fixture, day)).toMatchObject({ state: 'DONE', billLines: 0, differences: 0 });
  });
});

describe('a difference of each kind', () => {
  it('is found, told in the story, and found to be the same when the day is run again', async () => {
    const wrongAmount = await booked(fixture, { paidAt: noon });
    const onlyHere = await booked(fixture, { paidAt: noon });
    const payment = await booked(fixture, { paidAt: noon });
    const failed = await bookedRefund(fixture, payment, { state: 'FAILED' });
    fixture.channel.bills.set(day, [
      paymentLine('somebody-elses-7'),
      paymentLine(wrongAmount.attemptId, { amount: AMOUNT + 10_000n }),
      paymentLine(payment.attemptId),
      refundLine(payment.attemptId, failed),
      refundLine(payment.attemptId, 'by-hand-1', { channelRefundNo: 'R1' }),
    ]);

    const first = await reconcile(fixture, day);
    const before = await found(first);
    const again = await reconcile(fixture, day);

    expect(before.map(({ kind, subject, number, state }) => [kind, subject, number, state])).toEqual(
      [
        ['ONLY_AT_CHANNEL', 'payment', 'somebody-elses-7', 'OPEN'],
        ['AMOUNT_DIFFERS', 'payment', wrongAmount.attemptId, 'OPEN'],
        ['STATE_DIFFERS', 'refund', failed, 'OPEN'],
        ['ONLY_AT_CHANNEL', 'refund', 'by-hand-1', 'OPEN'],
        ['ONLY_HERE', 'payment', onlyHere.attemptId, 'OPEN'],
      ].toSorted(byOrderOf(before)),
    );
    expect(again).toMatchObject({ id: first.id, differences: 5, openDifferences: 5, paymentsMatched: 1 });
    expect((await found(again)).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(await storyOf(onlyHere.orderId)).toEqual(['reconciliation.difference']);
  });

  it('is gone when the day is run again and agrees, but never what an operator has decided', async () => {
    fixture.channel.bills.set(day, [paymentLine(`stranger-${day}`), paymentLine(`accepted-${day}`)]);
    const first = await found(await reconcile(fixture, day));
    const accepted = first.find(({ number }) => number.startsWith('accepted'))!;
    await fixture.desk.settle({ id: accepted.id, operatorId: '1', action: 'accept', reason: 'known to us' });
    fixture.channel.bills.set(day, []);

    const after = await found(await reconcile(fixture, day));

    expect(after.map(({ number, state }) => [number.split('-')[0], state])).toEqual([
      ['stranger', 'EXPLAINED'],
      ['accepted', 'ACCEPTED'],
    ]);
  });
});

describe('what repairs itself', () => {
  it('is a lost notify: the channel is asked, the order paid, and the fee that of the bill', async () => {
    const missed = await booked(fixture, { state: 'PENDING', createdAt: noon });
    fixture.channel.trades.set(missed.attemptId, {
      state: 'PAID',
      channelTradeNo: tradeNoOf(missed.attemptId),
      amount: AMOUNT,
      paidAt: noon,
    });
    fixture.channel.bills.set(day, [paymentLine(missed.attemptId, { fee: 250_000n })]);

    const done = await reconcile(fixture, day);

    expect(done).toMatchObject({ state: 'DONE', paymentsMatched: 1, openDifferences: 0 });
    expect(await found(done)).toMatchObject([{ kind: 'ONLY_AT_CHANNEL', state: 'REPAIRED' }]);
    expect(await attemptRow(missed.attemptId)).toEqual({
      state: 'SUCCEEDED',
      fee: '250000',
      order_state: 'PAID',
    });
    expect(await corrections(missed.attemptId)).toMatchObject([{ difference: '-50000' }]);
    expect(await storyOf(missed.orderId)).toEqual(
      expect.arrayContaining(['reconciliation.difference', 'order.paid', 'reconciliation.settled']),
    );
  });

  it('is tried again later when the channel is silent, and left to an operator when it says otherwise', async () => {
    const [silent, denied] = [
      await booked(fixture, { state: 'PENDING', createdAt: noon }),
      await booked(fixture, { state: 'CLOSED', orderState: 'CLOSED', createdAt: noon }),
    ];
    fixture.channel.bills.set(day, [paymentLine(silent.attemptId)]);
    fixture.channel.isSilent = true;
    const first = await reconcile(fixture, day);
    expect(first).toMatchObject({ state: 'DONE', openDifferences: 1 });

    fixture.channel.isSilent = false;
    fixture.channel.trades.set(silent.attemptId, {
      state: 'PAID',
      channelTradeNo: tradeNoOf(silent.attemptId),
      amount: AMOUNT,
      paidAt: noon,
    });
    await makeDue();
    await fixture.runner.check();
    expect(await found(first)).toMatchObject([{ state: 'REPAIRED' }]);

    fixture.channel.bills.set(day, [paymentLine(silent.attemptId), paymentLine(denied.attemptId)]);
    const second = await found(await reconcile(fixture, day));
    expect(second.at(-1)).toMatchObject({ number: denied.attemptId, state: 'OPEN' });
    expect(second.at(-1)?.explanation).toContain('does not say so');
  });

  it('is a fee: booked once as the bill has it, with the sign of who pays', async () => {
    const payment = await booked(fixture, { paidAt: noon });
    const refundId = await bookedRefund(fixture, payment, { succeededAt: noon });
    fixture.channel.bills.set(day, [
      paymentLine(payment.attemptId, { fee: FEE + 30_000n }),
      refundLine(payment.attemptId, refundId, { fee: 120_000n }),
    ]);

    const done = await reconcile(fixture, day);
    await reconcile(fixture, day);

    expect((await found(done)).map(({ kind, state }) => [kind, state])).toEqual([
      ['FEE_DIFFERS', 'REPAIRED'],
      ['FEE_DIFFERS', 'REPAIRED'],
    ]);
    expect(await corrections(payment.attemptId)).toEqual([
      {
        key: expect.any(String),
        subject: `alipay-main:payment:${payment.attemptId}`,
        channel: 'alipay',
        accountId: 'alipay-main',
        difference: '30000',
        billDate: day,
      },
    ]);
    expect(await corrections(refundId)).toMatchObject([{ difference: '-120000' }]);
    expect((await attemptRow(payment.attemptId))?.fee).toBe('330000');
  });

  it('is a fee, and by an operator’s word once more when the channel corrects its bill', async () => {
    const payment = await booked(fixture, { paidAt: noon });
    for (const fee of [FEE + 30_000n, FEE, FEE + 30_000n]) {
      fixture.channel.bills.set(day, [paymentLine(payment.attemptId, { fee })]);
      const [difference] = await found(await reconcile(fixture, day));
      if (difference?.state !== 'OPEN') continue;
      const settling = { operatorId: '7', action: 'repair', reason: 'a corrected bill' } as const;
      await fixture.desk.settle({ id: difference.id, ...settling });
    }

    const announced = await corrections(payment.attemptId);
    expect(announced.map(({ difference }) => difference)).toEqual(['30000', '-30000', '30000']);
    expect(new Set(announced.map(({ key }) => key)).size).toBe(3);
  });

  it('is a refund that the channel has done and we don’t know of: it is asked about at once', async () => {
    const payment = await booked(fixture, { paidAt: noon });
    const refundId = await bookedRefund(fixture, payment, { state: 'PROCESSING' });
    const { database, tables } = fixture.shards.ofId(refundId);
    fixture.channel.bills.set(day, [paymentLine(payment.attemptId), refundLine(payment.attemptId, refundId)]);

    const done = await reconcile(fixture, day);
    expect(await found(done)).toMatchObject([{ kind: 'STATE_DIFFERS', state: 'OPEN' }]);
    const due = await database.query(
      `SELECT 1 FROM \`${tables.refunds}\` WHERE \`id\` = ? AND \`next_action_at\` <= UTC_TIMESTAMP(3)`,
      [refundId],
    );
    expect(due).toHaveLength(1);

    await database.write(
      `UPDATE \`${tables.refunds}\` SET \`state\` = 'SUCCEEDED', \`succeeded_at\` = ? WHERE \`id\` = ?`,
      [noon, refundId],
    );
    await makeDue();
    await fixture.runner.check();
    expect(await found(done)).toMatchObject([{ state: 'REPAIRED' }]);
  });

  it('is a payment around midnight: carried, and explained by the bill of the next day', async () => {
    const late = await booked(fixture, { paidAt: new Date(spanOf(day).to.getTime() - 1_000) });
    // These days are long past: what could be carried for three of them is an operator's already.
    fixture.channel.bills.set(day, []);
    Object.assign(fixture.config, { carryDays: 100_000 });
    const done = await reconcile(fixture, day);
    Object.assign(fixture.config, { carryDays: 3 });
    expect(done).toMatchObject({ openDifferences: 0, differences: 1 });
    expect(await found(done)).toMatchObject([{ kind: 'ONLY_HERE', state: 'CARRIED' }]);

    const next = spanOf(day).to.toISOString().slice(0, 10);
    const nextDay = new Date(Date.parse(`${next}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
    fixture.channel.bills.set(nextDay, [paymentLine(late.attemptId)]);
    expect(await reconcile(fixture, nextDay)).toMatchObject({ paymentsMatched: 1, differences: 0 });
    await makeDue();
    await fixture.runner.check();
    expect(await found(done)).toMatchObject([{ state: 'EXPLAINED' }]);
  });

  it('is an operator’s when it has been carried for long enough', async () => {
    await booked(fixture, { paidAt: new Date(spanOf(day).from.getTime() + 1_000) });
    fixture.channel.bills.set(day, []);
    Object.assign(fixture.config, { carryDays: 100_000 });
    const done = await reconcile(fixture, day);
    Object.assign(fixture.config, { carryDays: 3 });
    await makeDue();
    await fixture.runner.check();
    expect(await found(done)).toMatchObject([{ kind: 'ONLY_HERE', state: 'OPEN' }]);
  });
});

const makeDue = () =>
  fixture.database.write(
    'UPDATE `reconciliation_difference` SET `check_at` = UTC_TIMESTAMP(3) WHERE `check_at` IS NOT NULL',
  );

/** Shards are compared one after the other: which difference comes first depends on the ids. */
function byOrderOf(differences: readonly { readonly number: string; readonly kind: string }[]) {
  const place = (each: readonly unknown[]) =>
    differences.findIndex(({ number, kind }) => number === each[2] && kind === each[0]);
  return (one: readonly unknown[], other: readonly unknown[]) => place(one) - place(other);
}
