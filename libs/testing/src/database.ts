import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { Database, type DatabaseOptions, migrate } from '#libs/database';
import { startMariadb } from '../../../scripts/launcher/mariadb.mjs';

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The MariaDB of this test run (`TEST_MYSQL_URL`), or one of this file's own when it is run by itself. */
export async function testMysql(): Promise<TestServer> {
  const shared = process.env['TEST_MYSQL_URL'];
  if (shared !== undefined && shared !== '') return { url: shared, stop: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), 'clearbid-mysql-'));
  const server = await startMariadb({ dataDir: join(directory, 'data') });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface TestDatabase {
  readonly database: Database;
  readonly options: DatabaseOptions;
  /** Removes the schema and everything in it. */
  drop(): Promise<void>;
}

/** A migrated schema of a test file's own, so that files can run side by side. */
export async function createTestDatabase(
  service: string,
  parts: Pick<DatabaseOptions, 'migrations' | 'entities'>,
): Promise<TestDatabase> {
  const server = await testMysql();
  const schema = `test_${service}_${randomBytes(5).toString('hex')}`;
  const options: DatabaseOptions = { url: server.url, schema, poolSize: 16, ...parts };
  await migrate(options);
  const database = await new Database(options).open();
  return {
    database,
    options,
    drop: async () => {
      await database.close();
      const connection = await createConnection({ uri: server.url });
      await connection.query(`DROP DATABASE IF EXISTS \`${schema}\``);
      await connection.end();
      await server.stop();
    },
  };
}
