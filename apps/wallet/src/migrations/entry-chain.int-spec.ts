import { afterEach, expect, it } from '@jest/globals';
import { CHAIN_START, linkOf, sealOf } from '#libs/chain';
import { migrate } from '#libs/database';
import { createTestDatabase } from '#libs/testing';
import type { QueryRunner } from 'typeorm';
import { SYSTEM_ACCOUNTS } from '../ledger/chart-of-accounts.js';
import { Ledger1763683200000 } from './1-ledger.js';
import { EntryChain1764288000002 } from './3-entry-chain.js';
import { WALLET_MIGRATIONS } from './index.js';

type Schema = Awaited<ReturnType<typeof createTestDatabase>>;
let schema: Schema;
afterEach(() => schema.drop());

/** A book from before there were chains: two accounts, so many transfers from one to the other, and a rejected one. */
async function writeOldBook({ database }: Schema, transfers: number): Promise<void> {
  for (const id of [1, 2])
    await database.write(
      "INSERT INTO `account` (`id`, `code`, `kind`, `side`, `posted`, `version`, `created_at`) VALUES (?, ?, 'merchant_cash', 'credit', ?, ?, UTC_TIMESTAMP(6))",
      [id, `merchant_cash:${id}`, (id === 1 ? -5 : 5) * transfers, transfers],
    );
  const numbers = Array.from({ length: transfers }, (_, index) => index + 1);
  await database.write(
    'INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `result_code`, `reference`, `external_id`, `created_at`) VALUES ?',
    [
      [...numbers, 999_999].map((id) => {
        const isRejected = id === 999_999;
        const [status, code] = isRejected ? ['rejected', 'INSUFFICIENT_FUNDS'] : ['posted', null];
        return [
          id,
          'old',
          `k${id}`,
          Buffer.alloc(32, id % 256),
          'recharge',
          status,
          code,
          `r${id}`,
          null,
          '2026-11-20 10:00:00.123456',
        ];
      }),
    ],
  );
  await database.write(
    'INSERT INTO `entry` (`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`) VALUES ?',
    [
      numbers.flatMap((n) => [
        [1, n, n, -5, -5 * n],
        [2, n, n, 5, 5 * n],
      ]),
    ],
  );
}

it('A book from before is sealed and chained as it stands, in batches', async () => {
  schema = await createTestDatabase('wallet', { migrations: WALLET_MIGRATIONS.slice(0, 2) });
  await writeOldBook(schema, 1_203);

  expect(await migrate({ ...schema.options, migrations: WALLET_MIGRATIONS.slice(0, 3) })).toEqual([
    'EntryChain1764288000002',
  ]);

  const { database } = schema;
  let link = CHAIN_START;
  for (let seq = 1; seq <= 1_203; seq += 1) {
    const transferId = String(seq);
    const seal = sealOf({
      id: transferId,
      scope: 'old',
      idempotencyKey: `k${seq}`,
      requestHash: Buffer.alloc(32, seq % 256),
      kind: 'recharge',
      status: 'posted',
      resultCode: null,
      reference: `r${seq}`,
      externalId: null,
      createdAt: '2026-11-20 10:00:00.123456',
    });
    link = linkOf(link, { accountId: '2', seq, transferId, amount: 5n, balanceAfter: BigInt(5 * seq) }, seal);
  }
  const [account] = await database.query<{ link: Buffer }>('SELECT `link` FROM `account` WHERE `id` = 2');
  expect(account?.link).toEqual(link);
  const bare = await database.query(
    "SELECT `id` FROM `transfer` WHERE `seal` = UNHEX(REPEAT('00', 32)) UNION ALL SELECT `seq` FROM `entry` WHERE `link` = UNHEX(REPEAT('00', 32))",
  );
  expect(bare).toEqual([]);
});

/** A connection whose process dies after so many statements. */
function dyingAfter(runner: QueryRunner, statements: number): QueryRunner {
  let left = statements;
  const query = async (sql: string, parameters?: unknown[]) => {
    if (left === 0) throw new Error('killed');
    left -= 1;
    return (await runner.query(sql, parameters)) as unknown;
  };
  return { query } as unknown as QueryRunner;
}

it('A first migration that was killed between any two of its statements is finished by the next', async () => {
  schema = await createTestDatabase('wallet', { migrations: [] });
  const runner = schema.database.dataSource.createQueryRunner();
  const ledger = new Ledger1763683200000();
  try {
    let killed = 0;
    for (let statements = 0; ; statements += 1) {
      const ending = await ledger.up(dyingAfter(runner, statements)).catch((error: Error) => error.message);
      if (ending === undefined) break;
      expect(ending).toBe('killed');
      killed = statements + 1;
    }
    // Each has left behind what the ones before it had made: the last finds all of it.
    expect(killed).toBeGreaterThan(5);
    const accounts = await schema.database.query<{ code: string }>(
      'SELECT `code` FROM `account` ORDER BY `id` DESC',
    );
    expect(accounts.map(({ code }) => code)).toEqual(SYSTEM_ACCOUNTS.map(({ code }) => code));
  } finally {
    await runner.release();
  }
});

it('A migration that was killed between any two of its statements is finished by the next', async () => {
  schema = await createTestDatabase('wallet', { migrations: WALLET_MIGRATIONS.slice(0, 2) });
  await writeOldBook(schema, 5);
  const { database } = schema;
  const hashes = () =>
    database.query(
      'SELECT `seal` AS `hash` FROM `transfer` UNION ALL SELECT `link` FROM `entry` UNION ALL SELECT `link` FROM `account`',
    );
  const runner = database.dataSource.createQueryRunner();
  const migration = new EntryChain1764288000002();
  try {
    await migration.up(runner);
    const whole = await hashes();
    let killed = 0;
    for (let statements = 0; ; statements += 1) {
      for (const [table, column] of [
        ['transfer', 'seal'],
        ['entry', 'link'],
        ['account', 'link'],
      ])
        await runner.query(`ALTER TABLE \`${table}\` DROP COLUMN \`${column}\``);
      const ending = await migration
        .up(dyingAfter(runner, statements))
        .catch((error: Error) => error.message);
      if (ending === undefined) break;
      expect(ending).toBe('killed');
      await migration.up(runner);
      expect(await hashes()).toEqual(whole);
      killed = statements + 1;
    }
    expect(killed).toBeGreaterThan(12);
  } finally {
    await runner.release();
  }
});
