import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CHAIN_START, linkOf } from '#libs/chain';
import type { wallet } from '#libs/contracts';
import { newMerchant, recharge, takeOut } from '../testing/requests.js';
import { Intruder, type TestChecker, startTestChecker } from '../testing/test-checker.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';

let book: TestLedger;
let replica: LedgerReplica;
let checker: TestChecker;
let intruder: Intruder;
let merchant: string;
beforeAll(async () => {
  book = await startTestLedger();
  replica = await book.replica();
  checker = await startTestChecker(book, replica);
  intruder = await Intruder.enter(book);
}, 60_000);
afterAll(async () => {
  await intruder.leave();
  await checker.release();
  await book.stop();
});

/** A merchant with three recharges, all of them fresh. */
beforeEach(async () => {
  await checker.catchUp();
  merchant = newMerchant();
  for (let count = 0; count < 3; count += 1) await replica.ledger.post(recharge({ merchant }));
});

const code = () => `merchant_cash:${merchant}`;

interface Facts {
  readonly accountId: string;
  /** The transfers of its entries. */
  readonly transferIds: readonly string[];
}

async function facts(): Promise<Facts> {
  const rows = await book.database.query<{ account_id: string; transfer_id: string }>(
    'SELECT `e`.`account_id`, `e`.`transfer_id` FROM `entry` AS `e` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` WHERE `a`.`code` = ? ORDER BY `e`.`seq`',
    [code()],
  );
  return { accountId: rows[0]?.account_id ?? '', transferIds: rows.map((row) => row.transfer_id) };
}

const openFindings = async () =>
  (await checker.controller.getCheckerState({ state: 'OPEN', limit: 100 })).findings.items;

async function frozen(): Promise<string[]> {
  const rows = await book.database.query<{ code: string }>('SELECT `code` FROM `account` WHERE `frozen` = 1');
  return rows.map((row) => row.code);
}

const alarms = () => book.relayed.filter(({ name }) => name === 'ledger.alarm').length;

type Change = (facts: Facts) => Promise<void> | void;

const entry =
  (set: string, seq = 2): Change =>
  ({ accountId }) =>
    intruder.change(`UPDATE \`entry\` SET ${set} WHERE \`account_id\` = ? AND \`seq\` = ?`, [accountId, seq]);
const transfer =
  (set: string): Change =>
  ({ transferIds }) =>
    intruder.change(`UPDATE \`transfer\` SET ${set} WHERE \`id\` = ?`, [transferIds[1]]);
const account =
  (set: string): Change =>
  ({ accountId }) =>
    intruder.change(`UPDATE \`account\` SET ${set} WHERE \`id\` = ?`, [accountId]);
const remove =
  (seq: number): Change =>
  ({ accountId }) =>
    intruder.change('DELETE FROM `entry` WHERE `account_id` = ? AND `seq` = ?', [accountId, seq]);

/** One yuan more, and everything after it made to fit: only the other side of the transfer is not there. */
const forge: Change = async ({ accountId, transferIds }) => {
  const [row] = await book.database.query<{ link: Buffer; seal: Buffer }>(
    'SELECT `e`.`link`, `t`.`seal` FROM `entry` AS `e`, `transfer` AS `t` WHERE `e`.`account_id` = ? AND `e`.`seq` = 2 AND `t`.`id` = ?',
    [accountId, transferIds[2] ?? ''],
  );
  const forged = {
    accountId,
    seq: 3,
    transferId: transferIds[2] ?? '',
    amount: 51_000_000n,
    balanceAfter: 151_000_000n,
  };
  const link = linkOf(row?.link ?? CHAIN_START, forged, row?.seal ?? CHAIN_START);
  await intruder.change(
    'UPDATE `entry` AS `e` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` SET `e`.`amount` = ?, `e`.`balance_after` = ?, `e`.`link` = ?, `a`.`posted` = ?, `a`.`link` = ? WHERE `a`.`id` = ? AND `e`.`seq` = 3',
    [forged.amount, forged.balanceAfter, link, forged.balanceAfter, link, accountId],
  );
};

const DAMAGES: readonly (readonly [
  what: string,
  change: Change,
  place: wallet.FindingPlace,
  seq: number | null,
  problem: wallet.LedgerProblem,
])[] = [
  ["an entry's amount", entry('`amount` = `amount` + 1'), 'entry', 2, 'link_broken'],
  [
    "an entry's amount, as the sum sees it",
    entry('`amount` = `amount` + 1'),
    'transfer',
    null,
    'sum_not_zero',
  ],
  [
    "an entry's balance",
    entry('`balance_after` = `balance_after` + 256'),
    'entry',
    2,
    'balance_does_not_run',
  ],
  ["an entry's transfer", entry('`transfer_id` = `transfer_id` + 1'), 'entry', 2, 'link_broken'],
  ["an entry's link", entry("`link` = CONCAT('x', SUBSTR(`link`, 2))"), 'entry', 2, 'link_broken'],
  ["the newest entry's link", entry("`link` = CONCAT('x', SUBSTR(`link`, 2))", 3), 'entry', 3, 'link_broken'],
  ["an entry's number", entry('`seq` = 258'), 'entry', 3, 'entries_missing'],
  [
    "a transfer's reference",
    transfer("`reference` = CONCAT(`reference`, 'x')"),
    'transfer',
    null,
    'seal_broken',
  ],
  ["a transfer's kind", transfer("`kind` = 'unowned'"), 'transfer', null, 'seal_broken'],
  [
    "a transfer's external id",
    transfer('`external_id` = UPPER(`external_id`)'),
    'transfer',
    null,
    'seal_broken',
  ],
  [
    "a transfer's time",
    transfer('`created_at` = `created_at` + INTERVAL 1 MICROSECOND'),
    'transfer',
    null,
    'seal_broken',
  ],
  ["a transfer's seal", transfer("`seal` = CONCAT('x', SUBSTR(`seal`, 2))"), 'transfer', null, 'seal_broken'],
  ["an account's balance", account('`posted` = `posted` + 1'), 'account', 3, 'balance_differs'],
  ["an account's version", account('`version` = `version` + 1'), 'account', 4, 'version_differs'],
  ["an account's link", account("`link` = CONCAT('x', SUBSTR(`link`, 2))"), 'account', 3, 'link_differs'],
  ['an entry that is gone', remove(2), 'entry', 3, 'entries_missing'],
  ['the newest entry that is gone', remove(3), 'entry', 3, 'entries_missing'],
  ['a forged entry that fits everything but its transfer', forge, 'transfer', null, 'sum_not_zero'],
];

describe.each([
  ['new', 'commit'],
  ['old', 'replay'],
] as const)('damage to what is %s', (age, foundBy) => {
  const look = () => (foundBy === 'commit' ? checker.catchUp() : checker.passOver());

  it.each(DAMAGES)(
    'is found once, named, and stops its owner alone: %s',
    async (_what, change, place, seq, problem) => {
      if (age === 'old') await checker.catchUp();
      const before = new Set((await openFindings()).map(({ id }) => id));
      const alarmsBefore = alarms();
      const repair = await intruder.remember(code());
      const { accountId, transferIds } = await facts();
      await change({ accountId, transferIds });

      await look();
      const found = (await openFindings()).filter(({ id }) => !before.has(id));
      expect(found.every((each) => each.foundBy === foundBy)).toBe(true);
      const named = found.find(
        (each) => each.place === place && each.seq === seq && each.problems.includes(problem),
      );
      expect(named).toMatchObject({ frozenAccounts: [code()] });
      const places = place === 'transfer' ? transferIds : [code()];
      const where = String(place === 'transfer' ? named?.transferId : named?.account);
      expect(places).toContain(where);
      expect(named?.detail).toContain(where);
      // Nobody else is blamed: an entry of another account was not touched.
      expect(found.filter((each) => each.place === 'entry' && each.account !== code())).toEqual([]);
      expect(await frozen()).toContain(code());
      expect(alarms() - alarmsBefore).toBe(found.length);

      // Nothing can be taken out; others go on, and what comes in still does.
      expect(await replica.ledger.post(takeOut(merchant, 1n))).toMatchObject({ code: 'ACCOUNT_FROZEN' });
      const other = newMerchant();
      await replica.ledger.post(recharge({ merchant: other }));
      expect(await replica.ledger.post(takeOut(other, 1n))).toMatchObject({ status: 'posted' });

      await checker.catchUp();
      await look();
      const later = (await openFindings()).filter(({ id }) => !before.has(id));
      expect(later.map(({ id }) => id)).toEqual(found.map(({ id }) => id));

      await repair();
      for (const { id } of later)
        await checker.controller.settleFinding({
          findingId: id,
          operatorId: '9',
          reason: 'restored',
          unfreeze: true,
        });
      expect(await replica.ledger.post(takeOut(merchant, 1n))).toMatchObject({ status: 'posted' });
    },
  );
});

it('A book that is right has no finding, and a settled one was not forgotten', async () => {
  await checker.catchUp();
  await checker.passOver();
  const { openFindings: open, findings, replay, commits } = await checker.state();
  expect(open).toBe(0);
  expect(findings.items.length).toBeGreaterThan(30);
  expect(findings.items.every(({ reason, settledBy }) => reason === 'restored' && settledBy === '9')).toBe(
    true,
  );
  expect(commits.lagSeconds).toBe(0);
  const [{ entries, transfers }] = (await book.database.query(
    'SELECT (SELECT COUNT(*) FROM `entry`) AS `entries`, (SELECT COUNT(*) FROM `transfer`) AS `transfers`',
  )) as [{ entries: string; transfers: string }];
  expect(replay.lastPass).toMatchObject({ entries: Number(entries), transfers: Number(transfers) });
});
