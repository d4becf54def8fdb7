import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The platform's accounts that came after the first release, at the ids that `chart-of-accounts.ts` gives them. */
const ACCOUNTS = [
  { id: 2n ** 63n - 1n - 4n, kind: 'promotion', side: 'debit' },
  { id: 2n ** 63n - 1n - 5n, kind: 'suspense', side: 'credit' },
  { id: 2n ** 63n - 1n - 6n, kind: 'write_off', side: 'debit' },
];

/** Bonuses, refunds and what the daily reconciliation books. */
export class RefundsAndBonuses1763769600002 implements MigrationInterface {
  name = 'RefundsAndBonuses1763769600002';

  async up(runner: QueryRunner): Promise<void> {
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
