import { createConnection } from 'mysql2/promise';
import { Database, type DatabaseOptions } from './database.js';

/**
 * Creates the schema if it is missing and runs what is new of its migrations. Safe to run by several replicas at
 * once: a named lock of the server lets one of them work while the others wait.
 *
 * @returns the names of the migrations that were run now.
 */
export async function migrate(options: DatabaseOptions): Promise<string[]> {
  const server = await createConnection({ uri: options.url });
  const lockName = `migrate:${options.schema}`.slice(0, 64);
  try {
    const [rows] = await server.query('SELECT GET_LOCK(?, 60) AS granted', [lockName]);
    if ((rows as { granted: number }[])[0]?.granted !== 1) {
      throw new Error(`Another process has been migrating ${options.schema} for over a minute`);
    }
    await server.query(
      `CREATE DATABASE IF NOT EXISTS \`${options.schema}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`,
    );
    const database = await new Database(options).open();
    try {
      // DDL commits by itself in MySQL, so a transaction around a migration would promise what it can't keep.
      const done = await database.dataSource.runMigrations({ transaction: 'none' });
      return done.map((migration) => migration.name);
    } finally {
      await database.close();
    }
  } finally {
    await server.end();
  }
}
