import type { MigrationInterface, QueryRunner } from 'typeorm';
import { NODE_LEASE_TABLE_SQL } from '#libs/ids';
import { OUTBOX_TABLE_SQL } from '#libs/outbox';
import { SYSTEM_ACCOUNTS } from '../ledger/chart-of-accounts.js';

/**
 * Accounts, immutable transfers, entries with running balances: see `docs/ARCHITECTURE.md`, "The ledger". Can be run again
 * after any statement.
 */
export class Ledger1763683200000 implements MigrationInterface {
  name = 'Ledger1763683200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS \`account\` (
        \`id\` BIGINT NOT NULL PRIMARY KEY,
        \`code\` VARCHAR(80) NOT NULL,
        \`owner_id\` BIGINT NULL,
        \`kind\` VARCHAR(40) NOT NULL,
        \`side\` VARCHAR(6) NOT NULL,
        \`posted\` BIGINT NOT NULL DEFAULT 0,
        \`held\` BIGINT NOT NULL DEFAULT 0,
        \`floor_amount\` BIGINT NULL,
        \`frozen\` TINYINT NOT NULL DEFAULT 0,
        \`version\` BIGINT NOT NULL DEFAULT 0,
        \`created_at\` DATETIME(6) NOT NULL,
        UNIQUE KEY \`account_code\` (\`code\`),
        KEY \`account_owner\` (\`owner_id\`, \`kind\`),
        CONSTRAINT \`account_side\` CHECK (\`side\` IN ('debit', 'credit')),
        CONSTRAINT \`account_held\` CHECK (\`held\` >= 0),
        CONSTRAINT \`account_floor\` CHECK (\`floor_amount\` IS NULL OR \`posted\` - \`held\` >= \`floor_amount\`)
      ) ENGINE = InnoDB`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS \`transfer\` (
        \`id\` BIGINT NOT NULL PRIMARY KEY,
        \`scope\` VARCHAR(40) NOT NULL,
        \`idempotency_key\` VARCHAR(80) NOT NULL,
        \`request_hash\` BINARY(32) NOT NULL,
        \`kind\` VARCHAR(40) NOT NULL,
        \`status\` VARCHAR(10) NOT NULL,
        \`result_code\` VARCHAR(40) NULL,
        \`reference\` VARCHAR(80) NOT NULL,
        \`external_id\` VARCHAR(120) NULL,
        \`resolves_id\` BIGINT NULL,
        \`created_at\` DATETIME(6) NOT NULL,
        UNIQUE KEY \`transfer_key\` (\`scope\`, \`idempotency_key\`),
        UNIQUE KEY \`transfer_external\` (\`external_id\`),
        UNIQUE KEY \`transfer_resolves\` (\`resolves_id\`),
        CONSTRAINT \`transfer_status\` CHECK (\`status\` IN ('posted', 'pending', 'rejected'))
      ) ENGINE = InnoDB`);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS \`entry\` (
        \`account_id\` BIGINT NOT NULL,
        \`seq\` BIGINT NOT NULL,
        \`transfer_id\` BIGINT NOT NULL,
        \`amount\` BIGINT NOT NULL,
        \`balance_after\` BIGINT NOT NULL,
        PRIMARY KEY (\`account_id\`, \`seq\`),
        KEY \`entry_transfer\` (\`transfer_id\`),
        CONSTRAINT \`entry_account\` FOREIGN KEY (\`account_id\`) REFERENCES \`account\` (\`id\`),
        CONSTRAINT \`entry_of_transfer\` FOREIGN KEY (\`transfer_id\`) REFERENCES \`transfer\` (\`id\`),
        CONSTRAINT \`entry_amount\` CHECK (\`amount\` <> 0)
      ) ENGINE = InnoDB`);
    await runner.query(OUTBOX_TABLE_SQL);
    await runner.query(NODE_LEASE_TABLE_SQL);
    for (const account of SYSTEM_ACCOUNTS) {
      await runner.query(
        'INSERT IGNORE INTO `account` (`id`, `code`, `kind`, `side`, `created_at`) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(6))',
        [account.id.toString(), account.code, account.kind, account.side],
      );
    }
  }

  async down(): Promise<void> {
    throw new Error(
      'The ledger is never taken down by a migration: its tables are the platform’s only record of money',
    );
  }
}
