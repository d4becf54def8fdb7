import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS = [
  // When a channel was first told to pay it: some answer only about transfers of the last weeks.
  ['withdrawal', 'sent_at', 'DATETIME(3) NULL'],
  // When a channel was last told or asked about it: until that call must have ended, nothing is certain.
  ['withdrawal', 'asked_at', 'DATETIME(3) NULL'],
  // As it was when it was asked for: a file for the bank stays the same, whatever its owner corrects afterwards.
  ['withdrawal', 'bank_name', 'VARCHAR(60) NULL'],
] as const;

/** What is known of calls to the channels. Can be run again after any statement. */
export class PayoutCalls1764374400005 implements MigrationInterface {
  name = 'PayoutCalls1764374400005';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column, type] of COLUMNS) await addColumn(runner, table, column, type);
    // A channel's package, as a parameter of a page's address: each of its characters may need three.
    await runner.query('ALTER TABLE `withdrawal` MODIFY COLUMN `confirmation` VARCHAR(4000) NULL');
    await runner.query(
      "UPDATE `withdrawal` AS `w` SET `w`.`sent_at` = (SELECT MIN(`e`.`at`) FROM `withdrawal_event` AS `e` WHERE `e`.`withdrawal_id` = `w`.`id` AND `e`.`kind` = 'sent') WHERE `w`.`channel_account_id` IS NOT NULL AND `w`.`sent_at` IS NULL",
    );
    await runner.query(
      "UPDATE `withdrawal` AS `w` JOIN `payout_account` AS `a` ON `a`.`id` = `w`.`payout_account_id` SET `w`.`bank_name` = `a`.`bank_name` WHERE `w`.`method` = 'bank' AND `w`.`bank_name` IS NULL",
    );
  }

  async down(): Promise<void> {
    throw new Error('Withdrawals are never taken down by a migration: they say who was paid what');
  }
}

/** DDL commits by itself, so a process that dies leaves the first columns behind. */
async function addColumn(runner: QueryRunner, table: string, column: string, type: string): Promise<void> {
  const [present] = (await runner.query(
    'SELECT 1 FROM `information_schema`.`columns` WHERE `table_schema` = DATABASE() AND `table_name` = ? AND `column_name` = ?',
    [table, column],
  )) as unknown[];
  if (!present) await runner.query(`ALTER TABLE \`${table}\` ADD COLUMN \`${column}\` ${type}`);
}
