import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { eventually } from '#libs/testing';
import { newMerchant, recharge, takeOut } from '../testing/requests.js';
import { Intruder, type TestChecker, startTestChecker } from '../testing/test-checker.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { ProgressRepository } from './progress.repository.js';

let book: TestLedger;
let replicas: LedgerReplica[];
const checkers: TestChecker[] = [];
beforeEach(async () => {
  book = await startTestLedger();
  replicas = [await book.replica(), await book.replica()];
}, 60_000);
afterEach(async () => {
  for (const checker of checkers.splice(0)) await checker.release();
  await book.stop();
});

const ledger = (index: number) => (replicas[index % replicas.length] as LedgerReplica).ledger;

async function checkerOf(
  index: number,
  options?: Parameters<typeof startTestChecker>[2],
): Promise<TestChecker> {
  const checker = await startTestChecker(book, replicas[index] as LedgerReplica, options);
  checkers.push(checker);
  return checker;
}

async function posted(): Promise<number> {
  const [row] = await book.database.query<{ n: string }>(
    "SELECT COUNT(*) AS `n` FROM `transfer` WHERE `status` = 'posted'",
  );
  return Number(row?.n);
}

const damageLink = async (merchant: string, seq: number) => {
  const intruder = await Intruder.enter(book);
  await intruder.change(
    "UPDATE `entry` AS `e` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` SET `e`.`link` = CONCAT('x', SUBSTR(`e`.`link`, 2)) WHERE `a`.`code` = ? AND `e`.`seq` = ?",
    [`merchant_cash:${merchant}`, seq],
  );
  await intruder.leave();
};

it('While two replicas post and two check, nothing that is right looks wrong, and every transfer is checked once', async () => {
  const pair = [await checkerOf(0, { settleMs: 20 }), await checkerOf(1, { settleMs: 20 })];
  const merchants = Array.from({ length: 12 }, newMerchant);
  let isPosting = true;
  const checking = pair.flatMap((checker) => [
    (async () => {
      while (isPosting) await checker.commits.round();
    })(),
    (async () => {
      while (isPosting) await checker.replay.round();
    })(),
  ]);
  for (let wave = 0; wave < 12; wave += 1)
    await Promise.all(
      merchants.flatMap((merchant, index) => [
        ...Array.from({ length: 8 }, () => ledger(index).post(recharge({ merchant }))),
        ...Array.from({ length: 4 }, (_, turn) => ledger(index + turn).post(takeOut(merchant, 9_000_000n))),
        // Refused, and so there is a gap in no chain for it.
        ledger(index).post(takeOut(merchant, 10_000_000_000n)),
      ]),
    );
  isPosting = false;
  await Promise.all(checking);
  await eventually('both have seen everything', async () => {
    for (const checker of pair) await checker.catchUp();
    return (await pair[0]?.state())?.commits.checkedTransfers === (await posted());
  });
  for (const checker of pair) await checker.passOver();

  const state = await pair[1]?.state();
  expect(state?.findings.items).toEqual([]);
  expect(state?.replay.pass).toBeGreaterThan(1);
  expect(state?.commits.checkedTransfers).toBe(await posted());
  expect(await posted()).toBeGreaterThan(1_500);
}, 120_000);

it('A transaction that commits after others with higher numbers is waited for and checked', async () => {
  const checker = await checkerOf(0);
  const merchant = newMerchant();
  await ledger(0).post(recharge({ merchant }));
  await checker.catchUp();
  const slow = await createConnection({ uri: book.url, database: book.database.schema });
  await slow.beginTransaction();
  const insert =
    "INSERT INTO `outbox` (`event_name`, `aggregate_id`, `payload`, `headers`) VALUES ('transfer.posted', '4711', '{}', '{}')";
  await slow.query(insert);
  await ledger(0).post(recharge({ merchant }));

  // Sees that a number is missing, and waits for whoever has it.
  let isDone = false;
  const round = (async () => {
    await checker.catchUp();
    isDone = true;
  })();
  try {
    await eventually('the round waits for a lock', async () => {
      const rows = await book.database.query(
        "SELECT 1 FROM `information_schema`.`processlist` WHERE `db` = DATABASE() AND `id` <> CONNECTION_ID() AND `info` LIKE '%outbox%FOR UPDATE%'",
      );
      return rows.length > 0;
    });
    expect(isDone).toBe(false);
    await slow.commit();
  } finally {
    await slow.end();
  }
  await round;

  const { findings, commits } = await checker.state();
  expect(findings.items).toMatchObject([{ transferId: '4711', problems: ['transfer_missing'] }]);
  expect(commits).toMatchObject({ checkedTransfers: 3, lagSeconds: 0 });
}, 60_000);

it('A number that nobody will ever fill holds nobody up', async () => {
  const checker = await checkerOf(0);
  const rolledBack = book.database.transaction(async (transaction) => {
    await transaction.write(
      "INSERT INTO `outbox` (`event_name`, `aggregate_id`, `payload`, `headers`) VALUES ('transfer.posted', '1', '{}', '{}'), ('transfer.posted', '2', '{}', '{}')",
    );
    throw new Error('changed my mind');
  });
  await expect(rolledBack).rejects.toThrow('changed my mind');
  await ledger(0).post(recharge());
  await checker.catchUp();
  expect((await checker.state()).commits).toMatchObject({ checkedTransfers: 1, lagSeconds: 0 });
  expect((await checker.state()).findings.items).toEqual([]);
});

it('A replica that dies while it checks leaves its work to the other, as if it had never begun', async () => {
  const dying = new (class extends ProgressRepository {
    override save(): Promise<void> {
      return Promise.reject(new Error('killed'));
    }
  })();
  const [first, second] = [await checkerOf(0, { progress: dying }), await checkerOf(1)];
  const merchant = newMerchant();
  for (let count = 0; count < 3; count += 1) await ledger(0).post(recharge({ merchant }));
  await damageLink(merchant, 2);

  await expect(first.commits.round()).rejects.toThrow('killed');
  await expect(first.replay.round()).rejects.toThrow('killed');
  const before = await second.state();
  expect([before.openFindings, before.commits.checkedTransfers, before.replay.checkedEntries]).toEqual([
    0, 0, 0,
  ]);
  expect(book.relayed.filter(({ name }) => name === 'ledger.alarm')).toEqual([]);
  expect(await ledger(0).post(takeOut(merchant, 1n))).toMatchObject({ status: 'posted' });

  await second.catchUp();
  expect((await second.state()).findings.items).toMatchObject([
    { account: `merchant_cash:${merchant}`, seq: 2, problems: ['link_broken'] },
  ]);
  expect(await ledger(0).post(takeOut(merchant, 1n))).toMatchObject({ code: 'ACCOUNT_FROZEN' });
});

it('What a replica has claimed no other touches, until its connection is gone', async () => {
  const checker = await checkerOf(0);
  await ledger(0).post(recharge());
  const claimed = await createConnection({ uri: book.url, database: book.database.schema });
  await claimed.beginTransaction();
  await claimed.query("SELECT 1 FROM `checker_progress` WHERE `name` = 'commits' FOR UPDATE");
  expect(await checker.commits.round()).toBe(0);
  expect((await checker.state()).commits.checkedTransfers).toBe(0);
  claimed.destroy();
  await eventually('the claim is free again', async () => (await checker.commits.round()) > 0);
  expect((await checker.state()).commits.checkedTransfers).toBe(1);
});

it('A replay goes on where another replica stopped, in the middle of an account, and keeps to its speed', async () => {
  // A hundred a round, 400 a second.
  const pair = [await checkerOf(0, { perSecond: 400 }), await checkerOf(1, { perSecond: 400 })];
  const merchant = newMerchant();
  await Promise.all(Array.from({ length: 250 }, () => ledger(0).post(recharge({ merchant }))));
  // The last entry of a round, so that the next round begins at the damage.
  await damageLink(merchant, 100);

  const startedAt = performance.now();
  let rounds = 0;
  await eventually(
    'the pass is through',
    async () => {
      const checker = pair[rounds % 2];
      if (((await checker?.replay.round()) ?? 0) > 0) rounds += 1;
      return ((await checker?.state())?.replay.pass ?? 0) > 1;
    },
    { withinMs: 30_000 },
  );
  const tookMs = performance.now() - startedAt;
  const state = await pair[0]?.state();
  expect(state?.findings.items).toMatchObject([{ account: `merchant_cash:${merchant}`, seq: 100 }]);
  expect(state?.findings.items).toHaveLength(1);
  expect(state?.replay.lastPass).toMatchObject({ entries: 750, transfers: 250 });
  expect(rounds).toBeGreaterThan(9);
  // A thousand at 400 a second; the last round is followed by none.
  expect(tookMs).toBeGreaterThan(2_000);
}, 60_000);
