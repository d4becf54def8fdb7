import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { newMerchant, recharge, takeOut } from '../testing/requests.js';
import { Intruder, type TestChecker, startTestChecker } from '../testing/test-checker.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';

let book: TestLedger;
let replica: LedgerReplica;
let checker: TestChecker;
let intruder: Intruder;
let merchant: string;
beforeEach(async () => {
  book = await startTestLedger();
  replica = await book.replica();
  checker = await startTestChecker(book, replica);
  intruder = await Intruder.enter(book);
  merchant = newMerchant();
  for (let count = 0; count < 3; count += 1) await replica.ledger.post(recharge({ merchant }));
}, 60_000);
afterEach(async () => {
  await intruder.leave();
  await checker.release();
  await book.stop();
});

const PATIENTLY = { withinMs: 30_000 };

const damage = (seq: number, code = `merchant_cash:${merchant}`) =>
  intruder.change(
    "UPDATE `entry` AS `e` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` SET `e`.`link` = CONCAT('x', SUBSTR(`e`.`link`, 2)) WHERE `a`.`code` = ? AND `e`.`seq` = ?",
    [code, seq],
  );
const found = async () => (await checker.state()).findings.items;
const take = () => replica.ledger.post(takeOut(merchant, 1n));
const settle = (findingId: string | undefined, unfreeze: boolean, operatorId = '9') =>
  checker.controller.settleFinding({
    findingId: findingId ?? '1',
    operatorId,
    reason: `by ${operatorId}`,
    unfreeze,
  });

describe('a finding', () => {
  it('in an account of the platform is alarmed and stops nobody', async () => {
    await damage(2, 'system:channel_fee');
    await checker.catchUp();
    expect(await found()).toMatchObject([
      { account: 'system:channel_fee', seq: 2, problems: ['link_broken'], frozenAccounts: [] },
    ]);
    expect(await take()).toMatchObject({ status: 'posted' });
    expect(await replica.ledger.post(recharge({ merchant }))).toMatchObject({ status: 'posted' });
    await checker.catchUp();
    await checker.passOver();
    expect(await found()).toHaveLength(1);
  });

  it('of a balance under its floor, which no statement may write any more, is alarmed all the same', async () => {
    await intruder.change('UPDATE `account` SET `posted` = -5 WHERE `code` = ?', [
      `merchant_cash:${merchant}`,
    ]);
    await checker.catchUp();
    expect(await found()).toMatchObject([
      { place: 'account', problems: ['balance_differs', 'under_floor'], frozenAccounts: [] },
    ]);
    expect(book.relayed.filter(({ name }) => name === 'ledger.alarm')).toHaveLength(1);
    expect((await checker.state()).commits).toMatchObject({ checkedTransfers: 3, lagSeconds: 0 });
  });

  it('of another damage at the same place is another finding', async () => {
    await damage(2);
    await checker.catchUp();
    await intruder.change("UPDATE `entry` SET `link` = REPEAT('y', 32) WHERE `seq` = 2 AND `link` LIKE 'x%'");
    await checker.passOver();
    expect(await found()).toMatchObject([
      { seq: 2, foundBy: 'replay' },
      { seq: 2, foundBy: 'commit' },
    ]);
  });

  it('keeps what it has frozen until it is lifted, whatever becomes of another', async () => {
    await checker.catchUp();
    await damage(1);
    await damage(2);
    await checker.passOver();
    const [newer, older] = await found();
    expect([newer?.seq, older?.seq]).toEqual([2, 1]);

    expect(await settle(older?.id, true)).toMatchObject({ state: 'SETTLED', settledBy: '9', reason: 'by 9' });
    expect(await take()).toMatchObject({ code: 'ACCOUNT_FROZEN' });
    expect(await settle(newer?.id, false)).toMatchObject({ state: 'SETTLED', unfrozenAt: null });
    expect((await checker.state()).openFindings).toBe(0);
    expect(await take()).toMatchObject({ code: 'ACCOUNT_FROZEN' });
    // Lifted later, by somebody else; who settled it is still the first.
    const lifted = await settle(newer?.id, true, '10');
    expect(lifted).toMatchObject({ settledBy: '9', reason: 'by 9', unfrozenAt: expect.any(Date) });
    expect(await take()).toMatchObject({ status: 'posted' });
    expect(await settle(newer?.id, true, '11')).toEqual(lifted);

    // What was settled is not found again as long as it stays as it is.
    await checker.passOver();
    expect((await checker.state()).openFindings).toBe(0);
  });

  it('that does not exist can’t be settled', async () => {
    await expect(settle('4711', true)).rejects.toThrow(
      new DomainError('NOT_FOUND', 'There is no finding 4711'),
    );
  });
});

it('All of it runs by itself, and its metrics say how far it is', async () => {
  const metric = async (name: string) =>
    checker.metrics.registry.getSingleMetricAsString(`clearbid_wallet_checker_${name}`);
  await checker.job.onApplicationBootstrap();
  try {
    await eventually(
      'the commits are checked',
      async () => {
        const { commits, replay } = await checker.state();
        return commits.checkedTransfers === 3 && replay.pass > 1;
      },
      PATIENTLY,
    );
    await damage(2);
    await eventually('the damage is found', async () => (await found()).length === 1, PATIENTLY);
    await eventually(
      'the metrics know',
      async () => (await metric('open_findings')).includes('replica="wallet-1"} 1'),
      PATIENTLY,
    );
    expect(await metric('findings_total')).toContain('place="entry",found_by="replay"');
    expect(await metric('lag_seconds')).toContain('} 0');
    expect(await metric('last_pass_timestamp_seconds')).toMatch(/\} 1\d{9}/);
  } finally {
    await checker.job.beforeApplicationShutdown();
  }
});
