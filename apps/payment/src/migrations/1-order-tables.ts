import type { MigrationInterface, QueryRunner } from 'typeorm';
import { NODE_LEASE_TABLE_SQL } from '#libs/ids';
import { allShards, tableNames } from '#libs/orders';
import { OUTBOX_TABLE_SQL } from '#libs/outbox';

/**
 * The tables of every shard, in every database that may hold one: a shard that moves to a server of its own finds its
 * tables there, and an empty table costs nothing.
 */
export class OrderTables1763683200000 implements MigrationInterface {
  name = 'OrderTables1763683200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const { orders, orderDetails, attempts } = tableNames(shard);
      await runner.query(`
        CREATE TABLE \`${orders}\` (
          \`id\` BIGINT NOT NULL PRIMARY KEY,
          \`merchant_id\` BIGINT NOT NULL,
          \`state\` VARCHAR(10) NOT NULL,
          \`version\` INT NOT NULL DEFAULT 1,
          \`channel\` VARCHAR(10) NOT NULL,
          \`idempotency_key\` VARCHAR(80) NULL,
          \`request_hash\` BINARY(32) NOT NULL,
          \`created_at\` DATETIME(3) NOT NULL,
          \`updated_at\` DATETIME(3) NOT NULL,
          \`expires_at\` DATETIME(3) NOT NULL,
          \`credit_due_at\` DATETIME(3) NULL,
          UNIQUE KEY \`${orders}_key\` (\`merchant_id\`, \`idempotency_key\`),
          KEY \`${orders}_list\` (\`merchant_id\`, \`id\`),
          KEY \`${orders}_list_by_state\` (\`merchant_id\`, \`state\`, \`id\`),
          KEY \`${orders}_credit_due\` (\`credit_due_at\`)
        ) ENGINE = InnoDB`);
      await runner.query(`
        CREATE TABLE \`${orderDetails}\` (
          \`order_id\` BIGINT NOT NULL PRIMARY KEY,
          \`amount\` BIGINT NOT NULL,
          \`refunded_amount\` BIGINT NOT NULL DEFAULT 0,
          \`method\` VARCHAR(10) NOT NULL,
          \`subject\` VARCHAR(120) NOT NULL,
          \`attempt_id\` BIGINT NOT NULL,
          \`paid_at\` DATETIME(3) NULL,
          \`credited_at\` DATETIME(3) NULL,
          \`closed_at\` DATETIME(3) NULL,
          \`transfer_id\` BIGINT NULL,
          CONSTRAINT \`${orderDetails}_amount\` CHECK (\`amount\` > 0),
          CONSTRAINT \`${orderDetails}_refunded\` CHECK (\`refunded_amount\` BETWEEN 0 AND \`amount\`)
        ) ENGINE = InnoDB`);
      await runner.query(`
        CREATE TABLE \`${attempts}\` (
          \`id\` BIGINT NOT NULL PRIMARY KEY,
          \`order_id\` BIGINT NOT NULL,
          \`merchant_id\` BIGINT NOT NULL,
          \`channel\` VARCHAR(10) NOT NULL,
          \`method\` VARCHAR(10) NOT NULL,
          \`state\` VARCHAR(10) NOT NULL,
          \`amount\` BIGINT NOT NULL,
          \`pay_url\` VARCHAR(3000) NULL,
          \`code_url\` VARCHAR(500) NULL,
          \`channel_trade_no\` VARCHAR(64) NULL,
          \`paid_amount\` BIGINT NULL,
          \`paid_at\` DATETIME(3) NULL,
          \`conflict_reason\` VARCHAR(500) NULL,
          \`query_count\` INT NOT NULL DEFAULT 0,
          \`next_query_at\` DATETIME(3) NULL,
          \`expires_at\` DATETIME(3) NOT NULL,
          \`created_at\` DATETIME(3) NOT NULL,
          \`updated_at\` DATETIME(3) NOT NULL,
          UNIQUE KEY \`${attempts}_trade\` (\`channel\`, \`channel_trade_no\`),
          KEY \`${attempts}_order\` (\`order_id\`),
          KEY \`${attempts}_query_due\` (\`next_query_at\`),
          KEY \`${attempts}_by_state\` (\`state\`, \`id\`)
        ) ENGINE = InnoDB`);
    }
    await runner.query(OUTBOX_TABLE_SQL);
    await runner.query(NODE_LEASE_TABLE_SQL);
  }

  async down(): Promise<void> {
    throw new Error('Orders are never taken down by a migration: they are the record of what buyers paid');
  }
}
