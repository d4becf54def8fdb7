import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { identity } from '#libs/contracts';
import { Database, migrate, type DatabaseOptions } from '#libs/database';
import { databaseEnvironment } from '#libs/service';
import { testMysql, type TestServer } from '#libs/testing';
import { createConnection } from 'mysql2/promise';
import { identityDatabase } from '../identity.config.js';
import { MIGRATIONS } from './index.js';

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let mysql: TestServer;
const schemas: string[] = [];

beforeAll(async () => {
  mysql = await testMysql();
});

afterAll(async () => {
  const server = await createConnection({ uri: mysql.url });
  for (const schema of schemas) await server.query(`DROP DATABASE IF EXISTS \`${schema}\``);
  await server.end();
  await mysql.stop();
});

/** A schema that does not exist yet. */
function newSchema() {
  const MYSQL_SCHEMA_PREFIX = `test_${randomBytes(5).toString('hex')}_`;
  const options = identityDatabase(databaseEnvironment.parse({ MYSQL_URL: mysql.url, MYSQL_SCHEMA_PREFIX }));
  schemas.push(options.schema);
  return options;
}

async function inDatabase<T>(options: DatabaseOptions, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await new Database(options).open();
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function permissionsByRole(database: Database): Promise<Record<string, string[]>> {
  const rows = await database.query<{ role: string; permission: string }>(
    'SELECT `role`, `permission` FROM `role_permission` ORDER BY `role`, `permission`',
  );
  const byRole: Record<string, string[]> = {};
  for (const { role, permission } of rows) (byRole[role] ??= []).push(permission);
  return byRole;
}

describe('the migrations', () => {
  it('make the schema once, also when four replicas start at the same moment', async () => {
    const options = newSchema();
    const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(options)));
    expect(runs.filter((done) => done.length > 0)).toEqual([MIGRATIONS.map(({ name }) => name)]);
    expect(await migrate(options)).toEqual([]);
  });

  it('can be run again from the start by whoever comes after a crash in the middle', async () => {
    const options = newSchema();
    await migrate(options);
    const before = await inDatabase(options, permissionsByRole);
    await inDatabase(options, (database) => database.write('DELETE FROM `schema_migration`'));
    expect(await migrate(options)).toHaveLength(MIGRATIONS.length);
    expect(await inDatabase(options, permissionsByRole)).toEqual(before);
  });

  it('can be taken back', async () => {
    const options = newSchema();
    await migrate(options);
    const tables = await inDatabase(options, async (database) => {
      for (const { name } of MIGRATIONS.toReversed()) {
        expect(name).toBeDefined();
        await database.dataSource.undoLastMigration({ transaction: 'none' });
      }
      return database.query<Record<string, string>>('SHOW TABLES');
    });
    expect(tables.flatMap((row) => Object.values(row))).toEqual(['schema_migration']);
  });

  it('give the roles what they need, and leave no permission that nobody has', async () => {
    const options = newSchema();
    await migrate(options);
    const granted = await inDatabase(options, permissionsByRole);
    const own = ['account:read', 'session:end', 'session:read'];
    // What needs two persons can be agreed to by an auditor, who begins nothing.
    const seen = [
      'dead-letter:read',
      'payment-conflict:read',
      'order:read-any',
      'refund:read-any',
      'offer:read',
      'channel:read',
      'reconciliation:read',
      'reconciliation:approve',
      'ledger:read',
      'adjustment:approve',
      'withdrawal:review',
    ];
    expect(granted).toEqual({
      merchant: [
        ...own,
        'wallet:read',
        'recharge:close',
        'recharge:create',
        'recharge:read',
        'refund:create',
        'webhook:manage',
      ].toSorted(),
      traffic_owner: [
        ...own,
        'wallet:read',
        'earnings:read',
        'payout-account:manage',
        'withdrawal:create',
        'withdrawal:read',
      ].toSorted(),
      operator: [
        ...own,
        ...seen,
        'dead-letter:replay',
        'payment-conflict:settle',
        'offer:manage',
        'channel:manage',
        'reconciliation:run',
        'reconciliation:settle',
        'ledger:settle',
        'adjustment:request',
        'withdrawal:approve',
        'payout:manage',
      ].toSorted(),
      auditor: [...own, ...seen].toSorted(),
    });
    expect(new Set(Object.values(granted).flat())).toEqual(new Set(identity.permission.options));
  });
});
