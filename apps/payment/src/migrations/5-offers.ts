import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allShards, tableNames } from '#libs/orders';

/** What rechargers are offered, and who has taken how much of it. */
export class Offers1764028800000 implements MigrationInterface {
  name = 'Offers1764028800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE \`recharge_offer\` (
        \`id\` BIGINT NOT NULL PRIMARY KEY,
        \`name\` VARCHAR(80) NOT NULL,
        \`rule\` JSON NOT NULL,
        \`first_recharge_only\` TINYINT NOT NULL,
        \`starts_at\` DATETIME(3) NOT NULL,
        \`ends_at\` DATETIME(3) NULL,
        \`per_merchant_limit\` INT NULL,
        \`enabled\` TINYINT NOT NULL,
        \`created_by\` BIGINT NOT NULL,
        \`created_at\` DATETIME(3) NOT NULL,
        \`updated_by\` BIGINT NOT NULL,
        \`updated_at\` DATETIME(3) NOT NULL,
        KEY \`recharge_offer_open\` (\`enabled\`, \`id\`)
      ) ENGINE = InnoDB`);
    for (const shard of allShards) {
      const { offerUses } = tableNames(shard);
      // A slot can be held by one order only; NULL is a slot given back, of which there may be any number.
      await runner.query(`
        CREATE TABLE \`${offerUses}\` (
          \`order_id\` BIGINT NOT NULL,
          \`offer_id\` BIGINT NOT NULL,
          \`merchant_id\` BIGINT NOT NULL,
          \`slot\` INT NULL,
          \`slot_limit\` INT NOT NULL,
          PRIMARY KEY (\`order_id\`, \`offer_id\`),
          UNIQUE KEY \`${offerUses}_slot\` (\`merchant_id\`, \`offer_id\`, \`slot\`),
          CONSTRAINT \`${offerUses}_limit\` CHECK (\`slot\` BETWEEN 1 AND \`slot_limit\`)
        ) ENGINE = InnoDB`);
    }
  }

  async down(): Promise<void> {
    throw new Error('Offers are never taken down by a migration: orders were paid for their sake');
  }
}
