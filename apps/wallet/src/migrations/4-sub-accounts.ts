import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The platform's accounts that came with withdrawals, at the ids that `chart-of-accounts.ts` gives them. */
const ACCOUNTS = [
  { id: 2n ** 63n - 1n - 7n, kind: 'bank', side: 'debit' },
  { id: 2n ** 63n - 1n - 8n, kind: 'commission', side: 'credit' },
  { id: 2n ** 63n - 1n - 9n, kind: 'withdrawal_fee', side: 'credit' },
  { id: 2n ** 63n - 1n - 10n, kind: 'tax_payable', side: 'credit' },
];

/** Accounts of a part (a campaign, a day, a withdrawal) of what an owner has. Can be run again after any statement. */
export class SubAccounts1764374400002 implements MigrationInterface {
  name = 'SubAccounts1764374400002';

  async up(runner: QueryRunner): Promise<void> {
    const [column] = (await runner.query(
      "SELECT 1 FROM `information_schema`.`columns` WHERE `table_schema` = DATABASE() AND `table_name` = 'account' AND `column_name` = 'part'",
    )) as unknown[];
    // One statement, so that there is nothing between the column and its index.
    if (!column) {
      await runner.query(
        'ALTER TABLE `account` ADD COLUMN `part` VARCHAR(40) NULL AFTER `kind`, ADD KEY `account_part` (`kind`, `part`)',
      );
    }
    for (const { id, kind, side } of ACCOUNTS) {
      // A book that is made today has them from the first migration.
      await runner.query(
        'INSERT IGNORE INTO `account` (`id`, `code`, `kind`, `side`, `created_at`) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))',
        [id.toString(), `system:${kind}`, kind, side],
      );
    }
  }

  async down(): Promise<void> {
    throw new Error(
      'The ledger is never taken down by a migration: its tables are the platform’s only record of money',
    );
  }
}
