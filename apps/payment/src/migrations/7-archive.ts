import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type ArchivedTable, allShards, archiveTableNames, tableNames } from '#libs/orders';

/**
 * Where old orders go. Each archive table is as its live one is at this moment: **a later migration that adds a column
 * to one must add it to the other**, or the archive stops with an error that says so.
 */
export class Archive1764201600000 implements MigrationInterface {
  name = 'Archive1764201600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const shard of allShards) {
      const [live, archive] = [tableNames(shard), archiveTableNames(shard)];
      for (const table of Object.keys(archive) as ArchivedTable[]) {
        await runner.query(`CREATE TABLE \`${archive[table]}\` LIKE \`${live[table]}\``);
      }
    }
  }

  async down(): Promise<void> {
    throw new Error('Orders are never taken down by a migration: they are the record of what buyers paid');
  }
}
