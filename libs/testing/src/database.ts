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
  return startTestMysql();
}

/** A server of this file's own, for tests that stop it or change its settings. */
export interface OwnTestServer extends TestServer {
  /** SIGKILL: it stays down until `start()`. */
  kill(): Promise<void>;
  /** Starts it again, on the same port with the same data. */
  start(): Promise<void>;
}

export async function startTestMysql(): Promise<OwnTestServer> {
  const directory = await mkdtemp(join(tmpdir(), 'clearbid-mysql-'));
  const template = process.env['TEST_MARIADB_TEMPLATE'];
  const server = await startMariadb({
    dataDir: join(directory, 'data'),
    bufferPoolMb: 64,
    ...(template === undefined ? {} : { template }),
  });
  return {
    url: server.url,
    kill: () => server.kill(),
    start: () => server.start(),
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

/** A migrated schema of a test file's own, so that files can run side by side. `drop` stops the server if it is the file's own too. */
export async function createTestDatabase(
  service: string,
  parts: Pick<DatabaseOptions, 'migrations' | 'entities'>,
  server?: TestServer,
): Promise<TestDatabase> {
  server ??= await testMysql();
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
