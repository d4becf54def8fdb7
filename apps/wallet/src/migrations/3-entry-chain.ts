import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CHAIN_START, SEALED_COLUMNS, type SealedRow, linkOf, sealOfRow } from '#libs/chain';

const BATCH = 1_000;

interface EntryRow {
  readonly seq: string;
  readonly transfer_id: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly seal: Buffer;
}

/**
 * A seal for each transfer, a link for each entry, and each account's newest link: what is in the book today is sealed as
 * it is. No wallet may post while this runs. Can be run again after any statement: what was computed before is computed
 * once more, and comes out the same.
 */
export class EntryChain1764288000002 implements MigrationInterface {
  name = 'EntryChain1764288000002';

  async up(runner: QueryRunner): Promise<void> {
    await addHash(runner, 'transfer', 'seal');
    await addHash(runner, 'entry', 'link');
    await addHash(runner, 'account', 'link');
    await sealTransfers(runner);
    const accounts = (await runner.query('SELECT `id` FROM `account` WHERE `version` > 0')) as {
      id: string;
    }[];
    for (const { id } of accounts) await chainEntries(runner, id);
  }

  async down(): Promise<void> {
    throw new Error(
      'The ledger is never taken down by a migration: its tables are the platform’s only record of money',
    );
  }
}

/** DDL commits by itself, so a process that dies leaves the first columns behind. */
async function addHash(runner: QueryRunner, table: string, column: string): Promise<void> {
  const [present] = (await runner.query(
    'SELECT 1 FROM `information_schema`.`columns` WHERE `table_schema` = DATABASE() AND `table_name` = ? AND `column_name` = ?',
    [table, column],
  )) as unknown[];
  if (present) return;
  await runner.query(`ALTER TABLE \`${table}\` ADD COLUMN \`${column}\` BINARY(32) NOT NULL DEFAULT ''`);
}

async function sealTransfers(runner: QueryRunner): Promise<void> {
  for (let afterId = '0'; ;) {
    const rows = (await runner.query(
      `SELECT ${SEALED_COLUMNS} FROM \`transfer\` WHERE \`id\` > ? ORDER BY \`id\` LIMIT ?`,
      [afterId, BATCH],
    )) as SealedRow[];
    const last = rows.at(-1);
    if (!last) return;
    await update(
      runner,
      '`transfer` AS `t`',
      'SET `t`.`seal` = `n`.`hash` WHERE `t`.`id` = `n`.`id`',
      rows.map((row) => [BigInt(row.id), sealOfRow(row)] as const),
    );
    afterId = last.id;
  }
}

async function chainEntries(runner: QueryRunner, accountId: string): Promise<void> {
  let link = CHAIN_START;
  for (let afterSeq = '0'; ;) {
    const rows = (await runner.query(
      'SELECT `e`.`seq`, `e`.`transfer_id`, `e`.`amount`, `e`.`balance_after`, `t`.`seal` FROM `entry` AS `e` JOIN `transfer` AS `t` ON `t`.`id` = `e`.`transfer_id` WHERE `e`.`account_id` = ? AND `e`.`seq` > ? ORDER BY `e`.`seq` LIMIT ?',
      [accountId, afterSeq, BATCH],
    )) as EntryRow[];
    const last = rows.at(-1);
    if (!last) break;
    const links = rows.map((row) => {
      link = linkOf(
        link,
        {
          accountId,
          seq: Number(row.seq),
          transferId: row.transfer_id,
          amount: BigInt(row.amount),
          balanceAfter: BigInt(row.balance_after),
        },
        row.seal,
      );
      return [BigInt(row.seq), link] as const;
    });
    await update(
      runner,
      '`entry` AS `e`',
      'SET `e`.`link` = `n`.`hash` WHERE `e`.`account_id` = ? AND `e`.`seq` = `n`.`id`',
      links,
      [accountId],
    );
    afterSeq = last.seq;
  }
  await runner.query('UPDATE `account` SET `link` = ? WHERE `id` = ?', [link, accountId]);
}

async function update(
  runner: QueryRunner,
  table: string,
  setWhere: string,
  hashes: readonly (readonly [id: bigint, hash: Buffer])[],
  parameters: readonly string[] = [],
): Promise<void> {
  const rows = hashes.map((_, index) => (index === 0 ? 'SELECT ? AS `id`, ? AS `hash`' : 'SELECT ?, ?'));
  await runner.query(`UPDATE ${table} JOIN (${rows.join(' UNION ALL ')}) AS \`n\` ${setWhere}`, [
    ...hashes.flat(),
    ...parameters,
  ]);
}
