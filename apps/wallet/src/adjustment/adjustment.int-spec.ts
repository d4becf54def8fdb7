import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beijingDayOf, dayAfter } from '#libs/calendar';
import { DomainError } from '#libs/contracts';
import { SUSPENSE } from '../ledger/chart-of-accounts.js';
import { type OperatorDesks, openDesks } from '../testing/operator-desks.js';
import { newMerchant, recharge } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import type { AdjustmentWish } from './adjustment-rules.js';

const YUAN = 1_000_000n;
const [ASKING, APPROVING, THIRD] = ['11', '12', '13'];
const DOCUMENT = Buffer.from('%PDF-1.7 the bank says so');

let book: TestLedger;
let replicas: readonly LedgerReplica[];
let desks: readonly [OperatorDesks, OperatorDesks];
/** Its process is killed before the ledger has heard of anything. */
let dying: OperatorDesks;

beforeAll(async () => {
  book = await startTestLedger();
  replicas = [await book.replica(), await book.replica()];
  const [first, second] = replicas as [LedgerReplica, LedgerReplica];
  desks = [await openDesks(book, first.ledger), await openDesks(book, second.ledger)];
  dying = await openDesks(book, {
    post: () => Promise.reject(new DomainError('UNAVAILABLE', 'MySQL is gone')),
  });
}, 60_000);
afterAll(async () => {
  for (const each of [...desks, dying]) await each.close();
  await book.stop();
});

let lastKey = 0;
function wish(more: Partial<AdjustmentWish> = {}): AdjustmentWish {
  return {
    operatorId: ASKING,
    idempotencyKey: `key-${(lastKey += 1)}`,
    purpose: 'correction',
    account: 'merchant_cash',
    ownerId: newMerchant(),
    part: null,
    amount: 30n * YUAN,
    reason: 'a transfer to the wrong account',
    expiresAt: null,
    attachment: { fileName: 'bank letter 账单.pdf', contentType: 'application/pdf', content: DOCUMENT },
    ...more,
  };
}

const ask = (more: Partial<AdjustmentWish> = {}) => desks[0].adjustments.request(wish(more));
const approve = (adjustmentId: string, operatorId: string = APPROVING, desk: OperatorDesks = desks[0]) =>
  desk.adjustments.approve({ adjustmentId, operatorId });
const find = (adjustmentId: string) => desks[0].adjustments.get({ adjustmentId });

async function suspense(): Promise<bigint> {
  const [row] = await book.database.query<{ posted: string }>(
    'SELECT `posted` FROM `account` WHERE `id` = ?',
    [SUSPENSE.id],
  );
  return BigInt(row?.posted ?? 0);
}

/** As if so much time had passed since it was due. */
const letItBeDue = (id: string) =>
  book.database.write(
    'UPDATE `adjustment` SET `due_at` = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE `id` = ? AND `due_at` IS NOT NULL',
    [id],
  );

describe('an adjustment', () => {
  it('is asked for by one operator, approved by another, and booked through suspense', async () => {
    const before = await suspense();
    const { id, ownerId, state } = await ask();
    expect(state).toBe('REQUESTED');
    expect(await book.balanceOf(ownerId)).toBe(0n);

    const posted = await approve(id);

    expect(posted).toMatchObject({
      state: 'POSTED',
      amount: 30n * YUAN,
      reason: 'a transfer to the wrong account',
      requestedBy: ASKING,
      decidedBy: APPROVING,
      refusal: null,
    });
    expect(await book.balanceOf(ownerId)).toBe(30n * YUAN);
    expect(await suspense()).toBe(before - 30n * YUAN);
    expect(await book.countsOf(id)).toEqual({ transfers: 1, entries: 2, events: 1 });
    expect(await book.sums()).toEqual({ balances: 0n, entries: 0n });
  });

  it('is not approved by whoever asked for it, also not behind our back', async () => {
    const { id, ownerId } = await ask();
    await expect(approve(id, ASKING)).rejects.toMatchObject({
      code: 'SECOND_PERSON_NEEDED',
      message: expect.stringContaining(id),
    });
    await expect(
      book.database.write("UPDATE `adjustment` SET `state` = 'APPROVED', `decided_by` = ? WHERE `id` = ?", [
        ASKING,
        id,
      ]),
    ).rejects.toThrow('adjustment_second_person');
    expect(await find(id)).toMatchObject({ state: 'REQUESTED', decidedBy: null });
    expect(await book.balanceOf(ownerId)).toBe(0n);
  });

  it('that is approved by everybody at once, at both replicas, is booked once, and one of them has approved it', async () => {
    const { id, ownerId } = await ask();

    const approvals = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) =>
        approve(id, index % 3 === 0 ? THIRD : APPROVING, desks[index % 2 === 0 ? 0 : 1]),
      ),
    );

    const { decidedBy } = await find(id);
    const said = approvals.map((each) =>
      each.status === 'fulfilled' ? each.value.decidedBy : (each.reason as DomainError).code,
    );
    expect(new Set(said)).toEqual(new Set([decidedBy, 'ADJUSTMENT_DECIDED']));
    expect(await book.balanceOf(ownerId)).toBe(30n * YUAN);
    expect(await book.countsOf(id)).toEqual({ transfers: 1, entries: 2, events: 1 });
  });

  it('that was approved by a process that died before it asked the ledger is booked by another, once', async () => {
    const { id, ownerId } = await ask();
    expect(await approve(id, APPROVING, dying)).toMatchObject({ state: 'APPROVED', transferId: null });
    await desks[1].adjustmentSweep.round();
    expect(await book.balanceOf(ownerId)).toBe(0n); // Not due yet.

    await letItBeDue(id);
    await Promise.all(desks.map(({ adjustmentSweep }) => adjustmentSweep.round()));

    expect(await find(id)).toMatchObject({ state: 'POSTED', decidedBy: APPROVING });
    expect(await book.balanceOf(ownerId)).toBe(30n * YUAN);
  });

  it('that was booked by a process that died before it wrote so down is not booked again', async () => {
    const { id, ownerId } = await ask();
    await approve(id);
    await book.database.write(
      "UPDATE `adjustment` SET `state` = 'APPROVED', `transfer_id` = NULL, `due_at` = UTC_TIMESTAMP(3) WHERE `id` = ?",
      [id],
    );

    await desks[1].adjustmentSweep.round();

    expect(await find(id)).toMatchObject({ state: 'POSTED', transferId: expect.any(String) });
    expect(await book.balanceOf(ownerId)).toBe(30n * YUAN);
    expect(await book.countsOf(id)).toEqual({ transfers: 1, entries: 2, events: 1 });
  });

  it.each<[string, Partial<AdjustmentWish>, string]>([
    ['more than there is', { amount: -50n * YUAN - 1n }, 'INSUFFICIENT_FUNDS'],
    ['more than an account can have', { amount: 2n ** 63n - 1n }, 'BALANCE_OUT_OF_RANGE'],
  ])('of %s is refused by the ledger for good, and says so', async (_what, more, refusal) => {
    const ownerId = newMerchant();
    await replicas[0]?.ledger.post(recharge({ merchant: ownerId }));
    const { id } = await ask({ ownerId, ...more });

    expect(await approve(id)).toMatchObject({ state: 'REFUSED', refusal });

    await replicas[0]?.ledger.post(recharge({ merchant: ownerId }));
    expect(await approve(id)).toMatchObject({ state: 'REFUSED', refusal });
    expect(await book.balanceOf(ownerId)).toBe(100n * YUAN);
  });

  it('takes nothing out of a frozen account', async () => {
    const ownerId = newMerchant();
    await replicas[0]?.ledger.post(recharge({ merchant: ownerId }));
    await book.database.write('UPDATE `account` SET `frozen` = 1 WHERE `code` = ?', [
      `merchant_cash:${ownerId}`,
    ]);
    const { id } = await ask({ ownerId, amount: -YUAN });
    expect(await approve(id)).toMatchObject({ state: 'REFUSED', refusal: 'ACCOUNT_FROZEN' });
  });

  it('is rejected with a reason, also by whoever asked for it, and then stays so', async () => {
    const [first, own] = [await ask(), await ask()];
    const reject = (adjustmentId: string, operatorId: string) =>
      desks[0].adjustments.reject({ adjustmentId, operatorId, reason: 'the letter is of another year' });

    expect(await reject(first.id, APPROVING)).toMatchObject({
      state: 'REJECTED',
      rejection: 'the letter is of another year',
      decidedBy: APPROVING,
    });
    expect(await reject(own.id, ASKING)).toMatchObject({ state: 'REJECTED', decidedBy: ASKING });

    await expect(approve(first.id, THIRD)).rejects.toMatchObject({ code: 'ADJUSTMENT_DECIDED' });
    await expect(approve(first.id, APPROVING)).rejects.toMatchObject({ code: 'ADJUSTMENT_DECIDED' });
    await expect(reject('404', APPROVING)).rejects.toMatchObject({ code: 'ADJUSTMENT_NOT_FOUND' });
    expect(await book.balanceOf(first.ownerId)).toBe(0n);
  });

  it('that is asked for twice with one key is one; the same key for something else is refused', async () => {
    const asked = wish();
    const both = await Promise.all([0, 1].map((index) => desks[index as 0 | 1].adjustments.request(asked)));
    expect(both[1]?.id).toBe(both[0]?.id);
    await expect(desks[0].adjustments.request({ ...asked, amount: 31n * YUAN })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      message: expect.stringContaining(both[0]?.id ?? ''),
    });
    const others = { ...asked, operatorId: APPROVING };
    expect((await desks[0].adjustments.request(others)).id).not.toBe(both[0]?.id);
  });

  it('takes earnings back before they mature, of the day that they were earned on', async () => {
    const today = beijingDayOf(new Date());
    const ownerId = newMerchant();
    const { id } = await ask({ account: 'traffic_pending', ownerId, part: today, amount: 5n * YUAN });
    await approve(id);
    const back = await ask({ account: 'traffic_pending', ownerId, part: today, amount: -2n * YUAN });
    await approve(back.id);
    const [row] = await book.database.query<{ posted: string }>(
      'SELECT `posted` FROM `account` WHERE `code` = ?',
      [`traffic_pending:${ownerId}:${today}`],
    );
    expect(row).toEqual({ posted: '3000000' });
  });
});

describe('a wish that can not be', () => {
  const today = beijingDayOf(new Date());
  it.each<[string, Partial<AdjustmentWish>, string[]]>([
    ['a correction without a document', { attachment: null }, ['attachment']],
    ['a correction that expires', { expiresAt: new Date(Date.now() + 60_000) }, ['expiresAt']],
    ['an owner that no column holds', { ownerId: '9999999999999999999' }, ['ownerId']],
    ['a part of what has none', { part: today }, ['part']],
    ['no day of what is pending', { account: 'traffic_pending' }, ['part']],
    ['a day that has matured', { account: 'traffic_pending', part: dayAfter(today, -8) }, ['part']],
    ['a day to come', { account: 'traffic_pending', part: dayAfter(today) }, ['part']],
    [
      'a bonus of less than nothing in cash that ended yesterday',
      { purpose: 'bonus', amount: -1n, expiresAt: new Date(Date.now() - 60_000) },
      ['account', 'amount', 'expiresAt'],
    ],
  ])('(%s) is refused by the names of its fields', async (_what, more, fields) => {
    const refusal: unknown = await ask(more).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED' });
    expect((refusal as DomainError).details.errors?.map(({ field }) => field)).toEqual(fields);
  });
});

describe('the document of an adjustment', () => {
  it('is given out as it was handed in', async () => {
    const { id, attachment } = await ask();
    expect(attachment).toMatchObject({ fileName: 'bank letter 账单.pdf', size: DOCUMENT.length });
    expect(await desks[1].adjustments.attachment({ adjustmentId: id })).toEqual({
      fileName: 'bank letter 账单.pdf',
      contentType: 'application/pdf',
      content: DOCUMENT,
    });
  });

  it('is not given out when somebody has changed it', async () => {
    const { id } = await ask();
    await book.database.write(
      "UPDATE `adjustment_attachment` SET `content` = 'another' WHERE `adjustment_id` = ?",
      [id],
    );
    await expect(desks[0].adjustments.attachment({ adjustmentId: id })).rejects.toThrow('not the one');
  });
});

describe('the list', () => {
  it('is paged, newest first, and filtered by owner, state and purpose', async () => {
    const ownerId = newMerchant();
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await ask({ ownerId })).id);
    await approve(ids[2] ?? '');

    const first = await desks[0].adjustments.list({ ownerId, limit: 2 });
    const second = await desks[0].adjustments.list({ ownerId, limit: 2, cursor: first.nextCursor ?? '' });

    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    const posted = await desks[0].adjustments.list({
      ownerId,
      state: 'POSTED',
      purpose: 'correction',
      limit: 5,
    });
    expect(posted.items.map(({ id }) => id)).toEqual([ids[2]]);
    expect((await desks[0].adjustments.list({ ownerId, purpose: 'bonus', limit: 5 })).items).toEqual([]);
  });
});
