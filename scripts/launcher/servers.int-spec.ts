import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { prepareMariadbTemplate, startMariadb } from './mariadb.mjs';
import { isAlive } from './processes.mjs';
import { startRedis } from './redis.mjs';

jest.setTimeout(120_000);

interface Server {
  readonly url: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

let folder: string;
let template: string;
const running: Server[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clearbid-servers-'));
  template = await prepareMariadbTemplate(join(folder, 'template'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => rmSync(folder, { recursive: true }));

const mariadb = async (name: string, more: { autoRestart?: boolean; log?: (line: string) => void } = {}) => {
  const server = await startMariadb({ dataDir: join(folder, name), template, bufferPoolMb: 64, ...more });
  running.push(server);
  return server;
};
const redis = async (name: string, more: { appendonly?: boolean; autoRestart?: boolean } = {}) => {
  const server = await startRedis({ dataDir: join(folder, name), ...more });
  running.push(server);
  return server;
};
const query = async (url: string, sql: string): Promise<unknown> => {
  const connection = await createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
};
const withRedis = async <T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> => {
  const client = new Redis(url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
};

describe('A private MariaDB', () => {
  it('is as durable and as isolated as the ledger needs', async () => {
    const { url } = await mariadb('settings');

    const rows = await query(
      url,
      `SELECT @@innodb_flush_log_at_trx_commit AS flush, @@sync_binlog AS sync, @@log_bin AS log,
        @@global.tx_isolation AS isolation, @@global.character_set_server AS charset, @@max_connections AS connections,
        @@bind_address AS address`,
    );

    expect(rows).toEqual([
      {
        flush: 1,
        sync: 1,
        log: 1,
        isolation: 'READ-COMMITTED',
        charset: 'utf8mb4',
        connections: 500,
        address: '127.0.0.1',
      },
    ]);
  });

  it('lets nobody in without the password, which only this user can read', async () => {
    const { port } = await mariadb('password');

    await expect(query(`mysql://root@127.0.0.1:${port}`, 'SELECT 1')).rejects.toThrow('Access denied');
    await expect(query(`mysql://clearbid@127.0.0.1:${port}`, 'SELECT 1')).rejects.toThrow('Access denied');
    expect(statSync(join(folder, 'password', 'password')).mode & 0o777).toBe(0o600);
  });

  it('killed in the middle of things has all that was committed when it starts again, on the same port', async () => {
    const server = await mariadb('killed');
    const { url, pid } = server;
    await query(url, 'CREATE SCHEMA book');
    await query(url, 'CREATE TABLE book.entry (seq INT PRIMARY KEY)');
    await query(url, 'INSERT INTO book.entry VALUES (1), (2)');

    await server.kill();
    await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.start();

    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    expect(await query(url, 'SELECT seq FROM book.entry ORDER BY seq')).toEqual([{ seq: 1 }, { seq: 2 }]);
  });

  it('comes back by itself when told to', async () => {
    const said: string[] = [];
    const server = await mariadb('restarted', { autoRestart: true, log: (line) => said.push(line) });
    const first = server.pid as number;

    process.kill(first, 'SIGKILL');
    await until(() => server.pid !== undefined && server.pid !== first);
    await until(() => query(server.url, 'SELECT 1').then(Boolean, () => false));

    expect(said[0]).toMatch(/^MariaDB ended by itself \(SIGKILL\); it starts again in \d+ ms$/);
  });

  it('left by a launcher that was killed is found, stopped and started anew with its data', async () => {
    const home = join(folder, 'leftover');
    const script = join(import.meta.dirname, 'mariadb.mjs');
    const launcher = spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { startMariadb } from ${JSON.stringify(script)};
         const server = await startMariadb(${JSON.stringify({ dataDir: home, template, bufferPoolMb: 64 })});
         console.log(server.pid);
         setInterval(() => {}, 1000);`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
    const leftover = Number(line.toString());

    await expect(mariadb('leftover')).rejects.toThrow(`belongs to process ${launcher.pid}`);
    launcher.kill('SIGKILL');
    await once(launcher, 'exit');
    expect(isAlive(leftover)).toBe(true);
    const server = await mariadb('leftover');

    expect(isAlive(leftover)).toBe(false);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('never touches a process that only happens to have the recorded number', async () => {
    const innocent = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    const server = await mariadb('innocent');
    const record = join(folder, 'innocent', 'instance.json');
    const { port, program, owner } = JSON.parse(readFileSync(record, 'utf8')) as Record<string, unknown>;
    await server.stop();
    writeFileSync(record, JSON.stringify({ pid: innocent.pid, port, program, owner }));

    await server.start();

    expect(isAlive(innocent.pid as number)).toBe(true);
    innocent.kill('SIGKILL');
  });

  it('runs beside others, each with its own data', async () => {
    const servers = await Promise.all([mariadb('many-1'), mariadb('many-2'), mariadb('many-3')]);

    await Promise.all(servers.map(({ url }, index) => query(url, `CREATE SCHEMA only_${index}`)));

    expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
    for (const [index, { url }] of servers.entries()) {
      expect(await query(url, "SHOW DATABASES LIKE 'only%'")).toEqual([
        { 'Database (only%)': `only_${index}` },
      ]);
    }
  });

  it('stopped leaves no process and no record', async () => {
    const server = await mariadb('stopped');
    const pid = server.pid as number;

    await server.stop();

    expect(isAlive(pid)).toBe(false);
    expect(existsSync(join(folder, 'stopped', 'instance.json'))).toBe(false);
  });
});

describe('A private Redis', () => {
  it('is empty after every start', async () => {
    const server = await redis('memory');
    await withRedis(server.url, (client) => client.set('session', '1'));

    await server.kill();
    await server.start();

    expect(await withRedis(server.url, (client) => client.dbsize())).toBe(0);
  });

  it('keeps its data when told to', async () => {
    const server = await redis('disk', { appendonly: true });
    await withRedis(server.url, (client) => client.set('session', '1'));

    await server.stop();
    await server.start();

    expect(await withRedis(server.url, (client) => client.get('session'))).toBe('1');
  });

  it('refuses to forget anything for want of memory', async () => {
    const { url } = await redis('eviction');

    const [, policy] = await withRedis(
      url,
      (client) => client.config('GET', 'maxmemory-policy') as Promise<string[]>,
    );

    expect(policy).toBe('noeviction');
  });

  it('comes back by itself when told to', async () => {
    const server = await redis('restarted-redis', { autoRestart: true });
    const first = server.pid as number;

    process.kill(first, 'SIGKILL');
    await until(() => server.pid !== undefined && server.pid !== first);

    expect(await withRedis(server.url, (client) => client.ping())).toBe('PONG');
  });
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`it never came true: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
