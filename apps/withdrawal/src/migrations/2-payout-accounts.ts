import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where owners are paid. Numbers and names are sealed; what is compared is their fingerprint. */
export class PayoutAccounts1764374400004 implements MigrationInterface {
  name = 'PayoutAccounts1764374400004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS \`payout_account\` (
        \`id\` BIGINT NOT NULL PRIMARY KEY,
        \`owner_id\` BIGINT NOT NULL,
        \`method\` VARCHAR(8) NOT NULL,
        \`number_sealed\` VARBINARY(500) NOT NULL,
        \`number_print\` BINARY(32) NOT NULL,
        \`name_sealed\` VARBINARY(500) NOT NULL,
        \`name_print\` BINARY(32) NOT NULL,
        \`bank_name\` VARCHAR(60) NULL,
        \`masked_number\` VARCHAR(120) NOT NULL,
        \`masked_name\` VARCHAR(120) NOT NULL,
        \`created_at\` DATETIME(3) NOT NULL,
        \`usable_from\` DATETIME(3) NOT NULL,
        \`removed_at\` DATETIME(3) NULL,
        UNIQUE KEY \`payout_account_number\` (\`owner_id\`, \`method\`, \`number_print\`),
        KEY \`payout_account_print\` (\`method\`, \`number_print\`)
      ) ENGINE = InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('Payout accounts are never taken down by a migration: they say where money went');
  }
}
