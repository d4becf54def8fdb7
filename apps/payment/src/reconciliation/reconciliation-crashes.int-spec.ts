import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dayAfter, spanOf } from '#libs/calendar';
import { LeaseLostError } from './reconciliation.repository.js';
import { AMOUNT, booked, paymentLine, tradeNoOf } from './testing/booked.js';
import {
  type ReconciliationFixture,
  reconcile,
  startReconciliationFixture,
} from './testing/reconciliation-fixture.js';

let fixture: ReconciliationFixture;
/** A day of each test's own, long past. */
let day = '2025-01-01';
let noon: Date;

beforeAll(async () => {
  fixture = await startReconciliationFixture();
}, 60_000);
afterAll(() => fixture.stop());
beforeEach(() => {
  day = dayAfter(day);
  noon = new Date(spanOf(day).from.getTime() + 12 * 3_600_000);
});

describe('crashes', () => {
  it('in the middle of a load begin the load again', async () => {
    const payments = await Promise.all(Array.from({ length: 6 }, () => booked(fixture, { paidAt: noon })));
    const bill = Array.from({ length: 5_000 }, (_, index) => paymentLine(`filler-${index}`));
    let isBroken = true;
    fixture.channel.bills.set(day, function* () {
      yield* bill;
      if (isBroken) throw new Error('killed');
      yield* payments.map(({ attemptId }) => paymentLine(attemptId));
    });
    expect(await reconcile(fixture, day)).toMatchObject({ state: 'WAITING', message: 'killed' });

    isBroken = false;
    bill.splice(10);
    expect(await reconcile(fixture, day)).toMatchObject({
      state: 'DONE',
      billLines: 16,
      paymentsMatched: 6,
      differences: 10,
    });
  });

  it('leave the day to another replica when the lease has run out, and the dead one changes nothing any more', async () => {
    fixture.channel.bills.set(day, [paymentLine(`orphan-${day}`)]);
    await fixture.reconciliations.request('alipay-main', 'alipay', day);
    const dead = (await fixture.reconciliations.claim())!;
    expect(await fixture.runner.work(new AbortController().signal)).toBe(0);

    await fixture.database.write('UPDATE `reconciliation` SET `due_at` = UTC_TIMESTAMP(3) WHERE `id` = ?', [
      dead.id,
    ]);
    expect(await fixture.runner.work(new AbortController().signal)).toBe(1);

    expect(await fixture.reconciliations.find(dead.id)).toMatchObject({
      state: 'DONE',
      billLines: 1,
      differences: 1,
    });
    await expect(fixture.reconciliations.loaded(dead, 99)).rejects.toThrow(LeaseLostError);
    await expect(fixture.loader.load(dead, new AbortController().signal)).rejects.toThrow(LeaseLostError);
  });

  it('leave a slow replica without a say while the other one is still at work', async () => {
    fixture.channel.bills.set(day, [paymentLine(`orphan-${day}`)]);
    await fixture.reconciliations.request('alipay-main', 'alipay', day);
    const slow = (await fixture.reconciliations.claim())!;
    await fixture.database.write('UPDATE `reconciliation` SET `due_at` = UTC_TIMESTAMP(3) WHERE `id` = ?', [
      slow.id,
    ]);
    const other = (await fixture.reconciliations.claim())!;

    await expect(fixture.loader.load(slow, new AbortController().signal)).rejects.toThrow(LeaseLostError);
    await expect(fixture.reconciliations.fail(slow, 'too late')).rejects.toThrow(LeaseLostError);
    await expect(fixture.loader.load(other, new AbortController().signal)).resolves.toBe(1);
  });

  it('between a fee’s correction and the note of it correct nothing twice', async () => {
    const here = await booked(fixture, { paidAt: noon });
    fixture.channel.bills.set(day, [paymentLine(here.attemptId, { fee: 1_000_000n })]);
    const { id } = await reconcile(fixture, day);
    await fixture.database.write(
      "UPDATE `reconciliation_difference` SET `state` = 'OPEN', `check_at` = UTC_TIMESTAMP(3) WHERE `reconciliation_id` = ?",
      [id],
    );

    await fixture.runner.check();

    const events = await fixture.database.query(
      "SELECT 1 FROM `outbox` WHERE `event_name` = 'fee.corrected' AND `aggregate_id` = ?",
      [here.attemptId],
    );
    expect(events).toHaveLength(1);
    const [difference] = await fixture.differences.list({ reconciliationId: id }, 10);
    expect(difference).toMatchObject({ kind: 'FEE_DIFFERS', state: 'REPAIRED' });
  });

  it('after the load go on with the comparison, without a second download', async () => {
    const here = await booked(fixture, { paidAt: noon });
    fixture.channel.bills.set(day, [paymentLine(here.attemptId)]);
    await fixture.reconciliations.request('alipay-main', 'alipay', day);
    const claim = (await fixture.reconciliations.claim())!;
    await fixture.loader.load(claim, new AbortController().signal);
    fixture.channel.bills.delete(day);
    await fixture.database.write('UPDATE `reconciliation` SET `due_at` = UTC_TIMESTAMP(3) WHERE `id` = ?', [
      claim.id,
    ]);

    await fixture.runner.work(new AbortController().signal);

    expect(await fixture.reconciliations.find(claim.id)).toMatchObject({ state: 'DONE', paymentsMatched: 1 });
  });

  it('of a replica that is told to stop give the day back at once', async () => {
    fixture.channel.bills.set(day, [paymentLine(`orphan-${day}`)]);
    await fixture.reconciliations.request('alipay-main', 'alipay', day);
    await fixture.runner.work(AbortSignal.abort());
    expect(await fixture.runner.work(new AbortController().signal)).toBe(1);
    const [done] = await fixture.reconciliations.list({ billDate: day, limit: 1 });
    expect(done).toMatchObject({ state: 'DONE', differences: 1 });
  });
});

it('waits for a bill that is not written yet, and says so', async () => {
  const waiting = await reconcile(fixture, day);
  expect(waiting).toMatchObject({ state: 'WAITING', finishedAt: null });
  expect(waiting.message).toContain('not written yet');
  expect(await fixture.runner.work(new AbortController().signal)).toBe(0);
});

it('is not done before its repairs are: nobody else takes them as long as it is at work', async () => {
  const missed = await booked(fixture, { state: 'PENDING', createdAt: noon });
  fixture.channel.bills.set(day, [paymentLine(missed.attemptId)]);
  fixture.channel.isSilent = true;
  const run = await reconcile(fixture, day);
  fixture.channel.isSilent = false;
  const trade = { channelTradeNo: tradeNoOf(missed.attemptId), amount: AMOUNT, paidAt: noon };
  fixture.channel.trades.set(missed.attemptId, { state: 'PAID', ...trade });
  const { database } = fixture;
  await database.write('UPDATE `reconciliation_difference` SET `check_at` = UTC_TIMESTAMP(3)');
  const states = [];

  for (const state of ['COMPARING', 'DONE']) {
    await database.write('UPDATE `reconciliation` SET `state` = ? WHERE `id` = ?', [state, run.id]);
    await fixture.runner.check();
    states.push(
      ...(await fixture.differences.list({ reconciliationId: run.id }, 2)).map((each) => each.state),
    );
  }

  expect(states).toEqual(['OPEN', 'REPAIRED']);
});
