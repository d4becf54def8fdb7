import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { type TestServer, testMysql } from '#libs/testing';
import { Database } from './database.js';
import { migrate } from './migrate.js';

let server: TestServer;
const schemas: string[] = [];

beforeAll(async () => {
  server = await testMysql();
}, 60_000);

afterAll(async () => {
  const connection = await createConnection({ uri: server.url });
  for (const schema of schemas) await connection.query(`DROP DATABASE IF EXISTS \`${schema}\``);
  await connection.end();
  await server.stop();
});

class First1700000000001 implements MigrationInterface {
  name = 'First1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE `log` (`id` INT NOT NULL AUTO_INCREMENT PRIMARY KEY, `what` VARCHAR(20) NOT NULL)',
    );
    await runner.query("INSERT INTO `log` (`what`) VALUES ('first')");
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}

class Second1700000000002 implements MigrationInterface {
  name = 'Second1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query("INSERT INTO `log` (`what`) VALUES ('second')");
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}

class Broken1700000000003 implements MigrationInterface {
  name = 'Broken1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE `nowhere` ADD COLUMN `x` INT');
  }

  down(): Promise<void> {
    return Promise.resolve();
  }
}

function newSchema() {
  const schema = `test_migrate_${randomBytes(5).toString('hex')}`;
  schemas.push(schema);
  return { url: server.url, schema };
}

async function logOf(options: ReturnType<typeof newSchema>): Promise<string[]> {
  const database = await new Database(options).open();
  const rows = await database.query<{ what: string }>('SELECT `what` FROM `log` ORDER BY `id`');
  await database.close();
  return rows.map(({ what }) => what);
}

describe('migrating', () => {
  it('makes the schema and runs each migration once, though three replicas start at the same moment', async () => {
    const options = newSchema();
    const migrations = [First1700000000001, Second1700000000002];

    const done = await Promise.all([1, 2, 3].map(() => migrate({ ...options, migrations })));

    expect(done.flat()).toEqual(['First1700000000001', 'Second1700000000002']);
    expect(await logOf(options)).toEqual(['first', 'second']);
  });

  it('runs what is new and nothing else', async () => {
    const options = newSchema();
    expect(await migrate({ ...options, migrations: [First1700000000001] })).toEqual(['First1700000000001']);
    const both = { ...options, migrations: [First1700000000001, Second1700000000002] };
    expect(await migrate(both)).toEqual(['Second1700000000002']);
    expect(await migrate(both)).toEqual([]);
    expect(await logOf(options)).toEqual(['first', 'second']);
  });

  it('fails in the words of the server, and keeps nobody waiting afterwards', async () => {
    const options = newSchema();
    const broken = { ...options, migrations: [First1700000000001, Broken1700000000003] };
    await expect(migrate(broken)).rejects.toThrow('nowhere');
    expect(await migrate({ ...options, migrations: [First1700000000001, Second1700000000002] })).toEqual([
      'Second1700000000002',
    ]);
  });
});
