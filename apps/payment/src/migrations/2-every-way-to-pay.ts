import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allShards, tableNames } from '#libs/orders';

/** Several attempts and accounts, what an order's offer grants, refunds, and the story of each order. */
export class EveryWayToPay1763769600000 implements MigrationInterface {
  name = 'EveryWayToPay1763769600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const { orderDetails, attempts, refunds, orderEvents } = tableNames(shard);
      await runner.query(`
        ALTER TABLE \`${attempts}\`
          ADD COLUMN \`account_id\` VARCHAR(32) NOT NULL DEFAULT 'alipay-main' AFTER \`channel\`,
          ADD COLUMN \`jsapi_parameters\` JSON NULL AFTER \`code_url\`,
          ADD COLUMN \`payer\` JSON NULL AFTER \`jsapi_parameters\`,
          ADD COLUMN \`fee\` BIGINT NULL AFTER \`paid_amount\`,
          ADD KEY \`${attempts}_paid\` (\`account_id\`, \`paid_at\`)`);
      await runner.query(`
        ALTER TABLE \`${orderDetails}\`
          ADD COLUMN \`refunding_amount\` BIGINT NOT NULL DEFAULT 0 AFTER \`refunded_amount\`,
          ADD COLUMN \`paid_late\` TINYINT NOT NULL DEFAULT 0,
          ADD COLUMN \`offer_id\` BIGINT NULL,
          ADD COLUMN \`offer_name\` VARCHAR(80) NULL,
          ADD COLUMN \`bonus_amount\` BIGINT NOT NULL DEFAULT 0,
          ADD COLUMN \`clawed_back_amount\` BIGINT NOT NULL DEFAULT 0,
          DROP CONSTRAINT \`${orderDetails}_refunded\`,
          ADD CONSTRAINT \`${orderDetails}_refunds\` CHECK (\`refunded_amount\` >= 0 AND \`refunding_amount\` >= 0 AND \`refunded_amount\` + \`refunding_amount\` <= \`amount\`),
          ADD CONSTRAINT \`${orderDetails}_bonus\` CHECK (\`clawed_back_amount\` BETWEEN 0 AND \`bonus_amount\`)`);
      await runner.query(`
        CREATE TABLE \`${refunds}\` (
          \`id\` BIGINT NOT NULL PRIMARY KEY,
          \`order_id\` BIGINT NOT NULL,
          \`attempt_id\` BIGINT NOT NULL,
          \`merchant_id\` BIGINT NOT NULL,
          \`kind\` VARCHAR(10) NOT NULL,
          \`state\` VARCHAR(10) NOT NULL,
          \`channel\` VARCHAR(10) NOT NULL,
          \`account_id\` VARCHAR(32) NOT NULL,
          \`amount\` BIGINT NOT NULL,
          \`bonus_amount\` BIGINT NOT NULL DEFAULT 0,
          \`fee\` BIGINT NOT NULL DEFAULT 0,
          \`reason\` VARCHAR(120) NOT NULL,
          \`requested_by\` BIGINT NULL,
          \`idempotency_key\` VARCHAR(80) NULL,
          \`request_hash\` BINARY(32) NOT NULL,
          \`hold_transfer_id\` BIGINT NULL,
          \`settle_transfer_id\` BIGINT NULL,
          \`channel_refund_no\` VARCHAR(64) NULL,
          \`problem\` VARCHAR(40) NULL,
          \`problem_message\` VARCHAR(300) NULL,
          \`call_count\` INT NOT NULL DEFAULT 0,
          \`next_action_at\` DATETIME(3) NULL,
          \`succeeded_at\` DATETIME(3) NULL,
          \`created_at\` DATETIME(3) NOT NULL,
          \`updated_at\` DATETIME(3) NOT NULL,
          UNIQUE KEY \`${refunds}_key\` (\`order_id\`, \`idempotency_key\`),
          KEY \`${refunds}_attempt\` (\`attempt_id\`),
          KEY \`${refunds}_due\` (\`next_action_at\`),
          KEY \`${refunds}_by_kind\` (\`kind\`, \`id\`),
          KEY \`${refunds}_by_state\` (\`state\`, \`id\`),
          KEY \`${refunds}_with_problem\` (\`problem\`, \`id\`),
          KEY \`${refunds}_done\` (\`account_id\`, \`succeeded_at\`),
          CONSTRAINT \`${refunds}_amount\` CHECK (\`amount\` > 0 AND \`bonus_amount\` >= 0)
        ) ENGINE = InnoDB`);
      await runner.query(`
        CREATE TABLE \`${orderEvents}\` (
          \`id\` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
          \`order_id\` BIGINT NOT NULL,
          \`at\` DATETIME(3) NOT NULL,
          \`kind\` VARCHAR(40) NOT NULL,
          \`attempt_id\` BIGINT NULL,
          \`refund_id\` BIGINT NULL,
          \`channel\` VARCHAR(10) NULL,
          \`facts\` JSON NOT NULL,
          KEY \`${orderEvents}_order\` (\`order_id\`, \`id\`)
        ) ENGINE = InnoDB`);
    }
    await runner.query(`
      CREATE TABLE \`channel_switch\` (
        \`account_id\` VARCHAR(32) NOT NULL PRIMARY KEY,
        \`enabled\` TINYINT NULL,
        \`weight\` INT NULL,
        \`changed_by\` BIGINT NOT NULL,
        \`changed_at\` DATETIME(3) NOT NULL
      ) ENGINE = InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('Orders are never taken down by a migration: they are the record of what buyers paid');
  }
}
