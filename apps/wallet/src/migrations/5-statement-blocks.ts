import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What statements know of each full block of an account's entries, so that a moment or a kind is found without reading
 * the entries before it. Follows from the entries, which never change: may be emptied at any time, and fills itself again.
 */
export class StatementBlocks1764378000002 implements MigrationInterface {
  name = 'StatementBlocks1764378000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS \`statement_block\` (
        \`account_id\` BIGINT NOT NULL,
        \`last_seq\` BIGINT NOT NULL,
        \`latest_at\` DATETIME(6) NOT NULL,
        \`kinds\` VARCHAR(1000) NOT NULL,
        \`credits\` DECIMAL(39, 0) NOT NULL,
        \`debits\` DECIMAL(39, 0) NOT NULL,
        PRIMARY KEY (\`account_id\`, \`last_seq\`),
        KEY \`statement_block_moment\` (\`account_id\`, \`latest_at\`)
      ) ENGINE = InnoDB`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE `statement_block`');
  }
}
