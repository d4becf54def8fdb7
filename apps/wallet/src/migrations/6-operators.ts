import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators do with the book: adjustments, settlements with the channels, and the sums that they look at. */
export class Operators1764460800003 implements MigrationInterface {
  name = 'Operators1764460800003';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of [ADJUSTMENT, ATTACHMENT, SETTLEMENT, FLOW, FLOW_POSITION]) await runner.query(table);
  }

  async down(): Promise<void> {
    throw new Error(
      'The ledger is never taken down by a migration: its tables are the platform’s only record of money',
    );
  }
}

/** `due_at`: when the ledger is asked (again), or when a bonus expires. `expiry_attempt`: how often the ledger has refused that. */
const ADJUSTMENT = `
  CREATE TABLE IF NOT EXISTS \`adjustment\` (
    \`id\` BIGINT NOT NULL PRIMARY KEY,
    \`purpose\` VARCHAR(12) NOT NULL,
    \`state\` VARCHAR(10) NOT NULL,
    \`account_kind\` VARCHAR(40) NOT NULL,
    \`owner_id\` BIGINT NOT NULL,
    \`part\` VARCHAR(40) NULL,
    \`amount\` BIGINT NOT NULL,
    \`reason\` VARCHAR(300) NOT NULL,
    \`idempotency_key\` VARCHAR(80) NOT NULL,
    \`request_hash\` BINARY(32) NOT NULL,
    \`requested_by\` BIGINT NOT NULL,
    \`requested_at\` DATETIME(3) NOT NULL,
    \`decided_by\` BIGINT NULL,
    \`decided_at\` DATETIME(3) NULL,
    \`rejection\` VARCHAR(300) NULL,
    \`transfer_id\` BIGINT NULL,
    \`refusal\` VARCHAR(40) NULL,
    \`settled_at\` DATETIME(3) NULL,
    \`due_at\` DATETIME(3) NULL,
    \`expires_at\` DATETIME(3) NULL,
    \`expiry_attempt\` INT NOT NULL DEFAULT 0,
    \`expired_amount\` BIGINT NULL,
    UNIQUE KEY \`adjustment_key\` (\`requested_by\`, \`idempotency_key\`),
    KEY \`adjustment_due\` (\`due_at\`),
    KEY \`adjustment_state\` (\`state\`, \`id\`),
    KEY \`adjustment_owner\` (\`owner_id\`, \`id\`),
    CONSTRAINT \`adjustment_amount\` CHECK (\`amount\` <> 0),
    CONSTRAINT \`adjustment_second_person\` CHECK (\`state\` IN ('REQUESTED', 'REJECTED') OR (\`decided_by\` IS NOT NULL AND \`decided_by\` <> \`requested_by\`))
  ) ENGINE = InnoDB`;

const ATTACHMENT = `
  CREATE TABLE IF NOT EXISTS \`adjustment_attachment\` (
    \`adjustment_id\` BIGINT NOT NULL PRIMARY KEY,
    \`file_name\` VARCHAR(120) NOT NULL,
    \`content_type\` VARCHAR(80) NOT NULL,
    \`size\` INT NOT NULL,
    \`sha256\` BINARY(32) NOT NULL,
    \`content\` MEDIUMBLOB NOT NULL,
    CONSTRAINT \`attachment_of_adjustment\` FOREIGN KEY (\`adjustment_id\`) REFERENCES \`adjustment\` (\`id\`)
  ) ENGINE = InnoDB`;

/** `standing_line`: the bank's line while this stands; none once it was refused, so that the line may be recorded again. */
const SETTLEMENT = `
  CREATE TABLE IF NOT EXISTS \`channel_settlement\` (
    \`id\` BIGINT NOT NULL PRIMARY KEY,
    \`state\` VARCHAR(10) NOT NULL,
    \`channel\` VARCHAR(16) NOT NULL,
    \`direction\` VARCHAR(8) NOT NULL,
    \`amount\` BIGINT NOT NULL,
    \`fee\` BIGINT NOT NULL,
    \`bank_reference\` VARCHAR(64) NOT NULL,
    \`standing_line\` VARCHAR(90) NULL,
    \`value_date\` CHAR(10) NOT NULL,
    \`recorded_by\` BIGINT NOT NULL,
    \`recorded_at\` DATETIME(3) NOT NULL,
    \`transfer_id\` BIGINT NULL,
    \`refusal\` VARCHAR(40) NULL,
    \`due_at\` DATETIME(3) NULL,
    UNIQUE KEY \`settlement_line\` (\`standing_line\`),
    KEY \`settlement_due\` (\`due_at\`),
    KEY \`settlement_channel\` (\`channel\`, \`id\`),
    CONSTRAINT \`settlement_amount\` CHECK (\`amount\` > 0 AND \`fee\` >= 0)
  ) ENGINE = InnoDB`;

/** What entries add up to by kind of transfer, counted as far as the position says. */
const FLOW = `
  CREATE TABLE IF NOT EXISTS \`account_flow\` (
    \`account_id\` BIGINT NOT NULL,
    \`kind\` VARCHAR(40) NOT NULL,
    \`credited\` DECIMAL(30, 0) NOT NULL,
    \`debited\` DECIMAL(30, 0) NOT NULL,
    PRIMARY KEY (\`account_id\`, \`kind\`)
  ) ENGINE = InnoDB`;

const FLOW_POSITION = `
  CREATE TABLE IF NOT EXISTS \`account_flow_position\` (
    \`account_id\` BIGINT NOT NULL PRIMARY KEY,
    \`seq\` BIGINT NOT NULL
  ) ENGINE = InnoDB`;
