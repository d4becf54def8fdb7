import type { MigrationInterface, QueryRunner } from 'typeorm';
import { allShards, tableNames } from '#libs/orders';

/** Operators ask for all orders in a state; of the rare ones, nobody may read millions to find twenty. */
export class OrderLists1764288000000 implements MigrationInterface {
  name = 'OrderLists1764288000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const { orders } = tableNames(shard);
      await runner.query(`ALTER TABLE \`${orders}\` ADD KEY \`${orders}_by_state\` (\`state\`, \`id\`)`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const { orders } = tableNames(shard);
      await runner.query(`ALTER TABLE \`${orders}\` DROP KEY \`${orders}_by_state\``);
    }
  }
}
