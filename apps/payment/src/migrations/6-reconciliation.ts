import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allShards, tableNames } from '#libs/orders';

/** The channels' daily bills, line by line beside the orders they are about, and what was found to differ. */
export class Reconciliation1764115200000 implements MigrationInterface {
  name = 'Reconciliation1764115200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const { billLines } = tableNames(shard);
      await runner.query(`
        CREATE TABLE \`${billLines}\` (
          \`account_id\` VARCHAR(32) NOT NULL,
          \`bill_date\` DATE NOT NULL,
          \`line_number\` INT NOT NULL,
          \`kind\` VARCHAR(7) NOT NULL,
          \`out_trade_no\` VARCHAR(64) NOT NULL,
          \`out_refund_no\` VARCHAR(64) NULL,
          \`attempt_id\` BIGINT NULL,
          \`refund_id\` BIGINT NULL,
          \`channel_trade_no\` VARCHAR(64) NOT NULL,
          \`channel_refund_no\` VARCHAR(64) NULL,
          \`amount\` BIGINT NOT NULL,
          \`fee\` BIGINT NOT NULL,
          \`at\` DATETIME(3) NOT NULL,
          \`status\` VARCHAR(32) NOT NULL,
          PRIMARY KEY (\`account_id\`, \`bill_date\`, \`line_number\`),
          KEY \`${billLines}_attempt\` (\`attempt_id\`, \`kind\`, \`account_id\`),
          KEY \`${billLines}_refund\` (\`refund_id\`, \`account_id\`)
        ) ENGINE = InnoDB`);
    }
    await runner.query(`
      CREATE TABLE \`reconciliation\` (
        \`id\` BIGINT NOT NULL PRIMARY KEY,
        \`account_id\` VARCHAR(32) NOT NULL,
        \`channel\` VARCHAR(10) NOT NULL,
        \`bill_date\` DATE NOT NULL,
        \`state\` VARCHAR(10) NOT NULL,
        \`run\` INT NOT NULL DEFAULT 1,
        \`claim\` INT NOT NULL DEFAULT 0,
        \`failures\` INT NOT NULL DEFAULT 0,
        \`due_at\` DATETIME(3) NULL,
        \`bill_lines\` INT NOT NULL DEFAULT 0,
        \`payments_matched\` INT NOT NULL DEFAULT 0,
        \`refunds_matched\` INT NOT NULL DEFAULT 0,
        \`paid_amount\` BIGINT NOT NULL DEFAULT 0,
        \`refunded_amount\` BIGINT NOT NULL DEFAULT 0,
        \`fee_amount\` BIGINT NOT NULL DEFAULT 0,
        \`started_at\` DATETIME(3) NOT NULL,
        \`finished_at\` DATETIME(3) NULL,
        \`message\` VARCHAR(500) NULL,
        UNIQUE KEY \`reconciliation_day\` (\`account_id\`, \`bill_date\`),
        KEY \`reconciliation_by_date\` (\`bill_date\`, \`id\`),
        KEY \`reconciliation_due\` (\`due_at\`)
      ) ENGINE = InnoDB`);
    await runner.query(`
      CREATE TABLE \`reconciliation_difference\` (
        \`id\` BIGINT NOT NULL PRIMARY KEY,
        \`reconciliation_id\` BIGINT NOT NULL,
        \`account_id\` VARCHAR(32) NOT NULL,
        \`channel\` VARCHAR(10) NOT NULL,
        \`bill_date\` DATE NOT NULL,
        \`kind\` VARCHAR(16) NOT NULL,
        \`state\` VARCHAR(16) NOT NULL,
        \`subject\` VARCHAR(7) NOT NULL,
        \`number\` VARCHAR(64) NOT NULL,
        \`our_number\` VARCHAR(64) NULL,
        \`channel_number\` VARCHAR(64) NULL,
        \`attempt_id\` BIGINT NULL,
        \`refund_id\` BIGINT NULL,
        \`order_id\` BIGINT NULL,
        \`merchant_id\` BIGINT NULL,
        \`our_state\` VARCHAR(10) NULL,
        \`channel_amount\` BIGINT NULL,
        \`our_amount\` BIGINT NULL,
        \`channel_fee\` BIGINT NULL,
        \`our_fee\` BIGINT NULL,
        \`explanation\` VARCHAR(500) NOT NULL,
        \`reason\` VARCHAR(300) NULL,
        \`settled_by\` BIGINT NULL,
        \`approved_by\` BIGINT NULL,
        \`settled_at\` DATETIME(3) NULL,
        \`detected_at\` DATETIME(3) NOT NULL,
        \`seen_in_run\` INT NOT NULL,
        \`check_at\` DATETIME(3) NULL,
        \`check_count\` INT NOT NULL DEFAULT 0,
        UNIQUE KEY \`reconciliation_difference_subject\` (\`account_id\`, \`subject\`, \`number\`, \`kind\`),
        KEY \`reconciliation_difference_of\` (\`reconciliation_id\`, \`state\`, \`id\`),
        KEY \`reconciliation_difference_by_state\` (\`state\`, \`id\`),
        KEY \`reconciliation_difference_by_kind\` (\`kind\`, \`id\`),
        KEY \`reconciliation_difference_order\` (\`order_id\`),
        KEY \`reconciliation_difference_check\` (\`check_at\`)
      ) ENGINE = InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('Reconciliations are never taken down by a migration: they are the proof of the books');
  }
}
