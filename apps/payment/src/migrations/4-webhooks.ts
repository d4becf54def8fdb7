import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allShards, tableNames } from '#libs/orders';

/** Where merchants' own systems are told what happens, and each thing that they are told. */
export class Webhooks1763942400000 implements MigrationInterface {
  name = 'Webhooks1763942400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const { webhooks, webhookDeliveries } = tableNames(shard);
      await runner.query(`
        CREATE TABLE \`${webhooks}\` (
          \`id\` BIGINT NOT NULL PRIMARY KEY,
          \`merchant_id\` BIGINT NOT NULL,
          \`slot\` TINYINT NOT NULL,
          \`url\` VARCHAR(500) NOT NULL,
          \`events\` VARCHAR(200) NOT NULL,
          \`enabled\` TINYINT NOT NULL DEFAULT 1,
          \`secret\` VARBINARY(255) NOT NULL,
          \`previous_secret\` VARBINARY(255) NULL,
          \`previous_secret_until\` DATETIME(3) NULL,
          \`created_at\` DATETIME(3) NOT NULL,
          UNIQUE KEY \`${webhooks}_slot\` (\`merchant_id\`, \`slot\`)
        ) ENGINE = InnoDB`);
      await runner.query(`
        CREATE TABLE \`${webhookDeliveries}\` (
          \`id\` BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
          \`webhook_id\` BIGINT NOT NULL,
          \`merchant_id\` BIGINT NOT NULL,
          \`event_id\` VARCHAR(64) CHARACTER SET ascii NOT NULL,
          \`event\` VARCHAR(20) NOT NULL,
          \`order_id\` BIGINT NULL,
          \`body\` TEXT NOT NULL,
          \`state\` VARCHAR(10) NOT NULL,
          \`tries\` INT NOT NULL DEFAULT 0,
          \`rung\` INT NOT NULL DEFAULT 0,
          \`claim\` INT NOT NULL DEFAULT 0,
          \`next_try_at\` DATETIME(3) NULL,
          \`last_status\` INT NULL,
          \`last_error\` VARCHAR(300) NULL,
          \`created_at\` DATETIME(3) NOT NULL,
          \`delivered_at\` DATETIME(3) NULL,
          UNIQUE KEY \`${webhookDeliveries}_event\` (\`webhook_id\`, \`event_id\`),
          KEY \`${webhookDeliveries}_due\` (\`next_try_at\`, \`webhook_id\`),
          KEY \`${webhookDeliveries}_merchant\` (\`merchant_id\`, \`id\`)
        ) ENGINE = InnoDB`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const { webhooks, webhookDeliveries } = tableNames(shard);
      await runner.query(`DROP TABLE \`${webhookDeliveries}\`, \`${webhooks}\``);
    }
  }
}
