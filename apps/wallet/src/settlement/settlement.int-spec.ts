import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { beijingDayOf, dayAfter } from '#libs/calendar';
import { DomainError } from '#libs/contracts';
import { type OperatorDesks, openDesks } from '../testing/operator-desks.js';
import { type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import type { SettlementWish } from './settlement.repository.js';

const YUAN = 1_000_000n;
const today = beijingDayOf(new Date());

let book: TestLedger;
let desks: readonly [OperatorDesks, OperatorDesks];
/** Its process is killed before the ledger has heard of anything. */
let dying: OperatorDesks;

beforeAll(async () => {
  book = await startTestLedger();
  desks = [
    await openDesks(book, (await book.replica()).ledger),
    await openDesks(book, (await book.replica()).ledger),
  ];
  dying = await openDesks(book, {
    post: () => Promise.reject(new DomainError('UNAVAILABLE', 'MySQL is gone')),
  });
}, 60_000);
afterEach(async () => expect(await book.sums()).toEqual({ balances: 0n, entries: 0n }));
afterAll(async () => {
  for (const each of [...desks, dying]) await each.close();
  await book.stop();
});

let lastLine = 0;
const wish = (more: Partial<SettlementWish> = {}): SettlementWish => ({
  operatorId: '11',
  channel: 'alipay',
  direction: 'payout',
  amount: 100n * YUAN,
  fee: 0n,
  bankReference: `B-${(lastLine += 1)}`,
  valueDate: today,
  ...more,
});
const record = (more: Partial<SettlementWish> = {}, desk: OperatorDesks = desks[0]) =>
  desk.settlements.record(wish(more));

/** What the channel owes us, what we have at the bank and what channels have cost, in yuan. */
async function state(channel = 'alipay'): Promise<number[]> {
  const codes = [`system:${channel}_clearing`, 'system:bank', 'system:channel_fee'];
  const rows = await book.database.query<{ code: string; posted: string }>(
    'SELECT `code`, `posted` FROM `account` WHERE `code` IN (?)',
    [codes],
  );
  return codes.map((code) => -Number(rows.find((row) => row.code === code)?.posted) / 1_000_000);
}

/** What it changed, of the three. */
async function changeOf(work: () => Promise<unknown>, channel?: string): Promise<number[]> {
  const before = await state(channel);
  await work();
  return (await state(channel)).map((now, index) => now - (before[index] ?? 0));
}

describe('a settlement', () => {
  it.each<[string, Partial<SettlementWish>, [clearing: number, bank: number, fee: number]]>([
    ['what the channel pays out', {}, [-100, 100, 0]],
    ['what it pays out, less what it keeps', { fee: 2n * YUAN }, [-102, 100, 2]],
    ['what we pay in', { direction: 'top_up' }, [100, -100, 0]],
    ['what we pay in, of which it keeps something', { direction: 'top_up', fee: 2n * YUAN }, [98, -100, 2]],
  ])('books %s between clearing and bank', async (_what, more, moved) => {
    expect(await changeOf(() => record(more))).toEqual(moved);
  });

  it('is of its own channel only', async () => {
    expect(await changeOf(() => record({ channel: 'wechat' }))).toEqual([0, 100, 0]);
    expect(await changeOf(() => record({ channel: 'wechat' }), 'wechat')).toEqual([-100, 100, 0]);
  });

  it('sent again, at once and by two replicas, is the same one and booked once', async () => {
    const asked = wish();
    const moved = await changeOf(async () => {
      const all = await Promise.all(
        Array.from({ length: 6 }, (_, index) => desks[index % 2 === 0 ? 0 : 1].settlements.record(asked)),
      );
      expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    });
    expect(moved).toEqual([-100, 100, 0]);
    const [first] = (await desks[0].settlements.list({ limit: 1 })).items;
    expect(first).toMatchObject({ state: 'POSTED', bankReference: asked.bankReference, recordedBy: '11' });
    expect(await book.countsOf(first?.id ?? '')).toEqual({ transfers: 1, entries: 2, events: 1 });
  });

  it('of a line that was recorded with other facts is refused, and names the one that stands', async () => {
    const { id, bankReference } = await record();
    for (const more of [
      { amount: 99n * YUAN },
      { direction: 'top_up' as const },
      { fee: YUAN },
      { valueDate: dayAfter(today, -1) },
    ]) {
      await expect(record({ bankReference, ...more })).rejects.toMatchObject({
        code: 'SETTLEMENT_EXISTS',
        message: expect.stringContaining(id),
      });
    }
  });

  it('may have the number of a line of another channel', async () => {
    const { bankReference } = await record();
    expect(await record({ bankReference, channel: 'wechat' })).toMatchObject({ state: 'POSTED' });
  });

  it('that was recorded by a process that died before it asked the ledger is booked by another', async () => {
    const { id, state: left } = await record({}, dying);
    expect(left).toBe('RECORDED');

    const moved = await changeOf(async () => {
      await book.database.write(
        'UPDATE `channel_settlement` SET `due_at` = UTC_TIMESTAMP(3) WHERE `id` = ?',
        [id],
      );
      await Promise.all(desks.map(({ settlementSweep }) => settlementSweep.round()));
    });

    expect(moved).toEqual([-100, 100, 0]);
    const [first] = (await desks[0].settlements.list({ channel: 'alipay', limit: 1 })).items;
    expect(first).toMatchObject({ id, state: 'POSTED' });
  });

  it('that the ledger refuses leaves the line free to be recorded again', async () => {
    const freeze = (frozen: number) =>
      book.database.write("UPDATE `account` SET `frozen` = ? WHERE `code` = 'system:bank'", [frozen]);
    await freeze(1);
    const asked = wish();
    expect(await desks[0].settlements.record(asked)).toMatchObject({
      state: 'REFUSED',
      refusal: 'ACCOUNT_FROZEN',
    });
    await freeze(0);
    expect(await changeOf(() => desks[0].settlements.record(asked))).toEqual([-100, 100, 0]);
  });

  it.each<[string, Partial<SettlementWish>, string]>([
    ['a fee that is more than what we paid in', { direction: 'top_up', fee: 100n * YUAN }, 'fee'],
    ['a day to come', { valueDate: dayAfter(today) }, 'valueDate'],
  ])('with %s is refused by the name of the field', async (_what, more, field) => {
    await expect(record(more)).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ field }] },
    });
  });
});
