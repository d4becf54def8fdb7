import type { MigrationInterface, QueryRunner } from 'typeorm';
import { NODE_LEASE_TABLE_SQL } from '#libs/ids';
import { OUTBOX_TABLE_SQL } from '#libs/outbox';

const TABLES = [
  // One row for each owner: whoever asks for money holds it, so that limits are counted by one at a time.
  `CREATE TABLE IF NOT EXISTS \`payee\` (
     \`owner_id\` BIGINT NOT NULL PRIMARY KEY,
     \`created_at\` DATETIME(3) NOT NULL
   ) ENGINE = InnoDB`,
  `CREATE TABLE IF NOT EXISTS \`withdrawal\` (
     \`id\` BIGINT NOT NULL PRIMARY KEY,
     \`owner_id\` BIGINT NOT NULL,
     \`idempotency_key\` VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
     \`request_hash\` BINARY(32) NOT NULL,
     \`state\` VARCHAR(12) NOT NULL,
     \`method\` VARCHAR(8) NOT NULL,
     \`payout_account_id\` BIGINT NOT NULL,
     \`masked_number\` VARCHAR(120) NOT NULL,
     \`masked_name\` VARCHAR(120) NOT NULL,
     \`amount\` BIGINT NOT NULL,
     \`fee\` BIGINT NOT NULL,
     \`tax\` BIGINT NOT NULL,
     \`day\` DATE NOT NULL,
     \`risk_flags\` VARCHAR(200) NOT NULL,
     \`approvals_needed\` TINYINT NOT NULL,
     \`channel_account_id\` VARCHAR(40) NULL,
     \`bank_batch_id\` BIGINT NULL,
     \`bank_reference\` VARCHAR(80) NULL,
     \`channel_transfer_no\` VARCHAR(80) NULL,
     \`confirmation\` VARCHAR(500) NULL,
     \`awaits_payee\` TINYINT NOT NULL DEFAULT 0,
     \`cancel_asked\` TINYINT NOT NULL DEFAULT 0,
     \`problem\` VARCHAR(30) NULL,
     \`problem_message\` VARCHAR(300) NULL,
     \`rejection\` VARCHAR(300) NULL,
     \`hold_transfer_id\` BIGINT NULL,
     \`settle_transfer_id\` BIGINT NULL,
     \`return_transfer_id\` BIGINT NULL,
     \`call_count\` INT NOT NULL DEFAULT 0,
     \`look_count\` INT NOT NULL DEFAULT 0,
     \`next_action_at\` DATETIME(3) NULL,
     \`created_at\` DATETIME(3) NOT NULL,
     \`updated_at\` DATETIME(3) NOT NULL,
     \`paid_at\` DATETIME(3) NULL,
     UNIQUE KEY \`withdrawal_key\` (\`owner_id\`, \`idempotency_key\`),
     KEY \`withdrawal_owner\` (\`owner_id\`, \`id\`),
     KEY \`withdrawal_owner_day\` (\`owner_id\`, \`day\`),
     KEY \`withdrawal_state\` (\`state\`, \`id\`),
     KEY \`withdrawal_batch\` (\`bank_batch_id\`),
     KEY \`withdrawal_due\` (\`next_action_at\`),
     CONSTRAINT \`withdrawal_parts\` CHECK (\`fee\` >= 0 AND \`tax\` >= 0 AND \`amount\` > \`fee\` + \`tax\`)
   ) ENGINE = InnoDB`,
  `CREATE TABLE IF NOT EXISTS \`withdrawal_approval\` (
     \`withdrawal_id\` BIGINT NOT NULL,
     \`operator_id\` BIGINT NOT NULL,
     \`note\` VARCHAR(300) NULL,
     \`at\` DATETIME(3) NOT NULL,
     PRIMARY KEY (\`withdrawal_id\`, \`operator_id\`)
   ) ENGINE = InnoDB`,
  `CREATE TABLE IF NOT EXISTS \`withdrawal_event\` (
     \`id\` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
     \`withdrawal_id\` BIGINT NOT NULL,
     \`kind\` VARCHAR(20) NOT NULL,
     \`actor_id\` BIGINT NULL,
     \`facts\` JSON NOT NULL,
     \`at\` DATETIME(3) NOT NULL,
     KEY \`withdrawal_event_of\` (\`withdrawal_id\`, \`id\`)
   ) ENGINE = InnoDB`,
  `CREATE TABLE IF NOT EXISTS \`bank_batch\` (
     \`id\` BIGINT NOT NULL PRIMARY KEY,
     \`created_by\` BIGINT NOT NULL,
     \`created_at\` DATETIME(3) NOT NULL
   ) ENGINE = InnoDB`,
];

/** Requests for money, who approved them, what became of them. Can be run again after any statement. */
export class Withdrawals1764374400003 implements MigrationInterface {
  name = 'Withdrawals1764374400003';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.query(table);
    await runner.query(OUTBOX_TABLE_SQL);
    await runner.query(NODE_LEASE_TABLE_SQL);
  }

  async down(): Promise<void> {
    throw new Error('Withdrawals are never taken down by a migration: they say who was paid what');
  }
}
