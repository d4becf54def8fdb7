import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import { CuttingProxy, type OwnTestServer, eventually, startTestMysql } from '#libs/testing';
import { CommitOutcomeUnknownError } from './database-errors.js';
import { Database, type Transaction } from './database.js';
import { migrate } from './migrate.js';

const SCHEMA = 'test_database';
const POOL_SIZE = 6;

let server: OwnTestServer;
let proxy: CuttingProxy;
let database: Database;
/** The same schema, by a way that breaks at COMMIT when it is told to. */
let cuttable: Database;

beforeAll(async () => {
  server = await startTestMysql();
  const options = { url: server.url, schema: SCHEMA, poolSize: POOL_SIZE };
  await migrate(options);
  const admin = await new Database(options).open();
  // The server's own defaults are others than ours, so that a session that was given no rules shows.
  await admin.write('SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await admin.write("SET GLOBAL time_zone = '+05:30'");
  await admin.write(
    'CREATE TABLE `counter` (`id` INT NOT NULL PRIMARY KEY, `value` BIGINT NOT NULL) ENGINE = InnoDB',
  );
  await admin.close();
  database = await new Database(options).open();
  proxy = await CuttingProxy.to(server.url);
  cuttable = await new Database({ ...options, url: proxy.url }).open();
}, 60_000);

afterAll(async () => {
  await cuttable.close();
  await database.close();
  await proxy.close();
  await server.stop();
});

let lastId = 0;
const newId = () => (lastId += 1);

const insert = (transaction: Transaction | Database, id: number, value = 0) =>
  transaction.write('INSERT INTO `counter` (`id`, `value`) VALUES (?, ?)', [id, value]);
const add = (transaction: Transaction, id: number) =>
  transaction.write('UPDATE `counter` SET `value` = `value` + 1 WHERE `id` = ?', [id]);

async function valueOf(id: number): Promise<string | undefined> {
  const [row] = await database.query<{ value: string }>('SELECT `value` FROM `counter` WHERE `id` = ?', [id]);
  return row?.value;
}

/** A door that opens when so many have come to it. */
function barrier(count: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived === count) open();
    return opened;
  };
}

interface Session {
  readonly id: string;
  readonly isolation: string;
  readonly zone: string;
}

async function sessionOf(transaction: Transaction): Promise<Session> {
  const variables = await transaction.query<{ Variable_name: string; Value: string }>(
    "SHOW SESSION VARIABLES WHERE `Variable_name` IN ('tx_isolation', 'transaction_isolation', 'time_zone')",
  );
  const [row] = await transaction.query<{ id: string }>('SELECT CONNECTION_ID() AS `id`');
  const value = (name: RegExp) =>
    variables.find((variable) => name.test(variable.Variable_name))?.Value ?? '';
  return { id: String(row?.id), isolation: value(/isolation/), zone: value(/time_zone/) };
}

/** All connections of a pool, seen at the same moment. */
async function sessionsOf(pool: Database): Promise<Session[]> {
  const together = barrier(POOL_SIZE);
  const sessions = Array.from({ length: POOL_SIZE }, () =>
    pool.transaction(async (transaction) => {
      await together();
      return sessionOf(transaction);
    }),
  );
  // Whoever got a connection that had just been killed never came to the door: the others must not wait for it.
  for (const session of sessions) session.catch(() => void together());
  return Promise.all(sessions);
}

/** Kills a connection from another one, as an operator would. */
async function killConnection(id: string): Promise<void> {
  await database.write(`KILL CONNECTION ${id}`);
  await eventually('the connection is gone', async () => {
    const rows = await database.query('SELECT 1 FROM `information_schema`.`PROCESSLIST` WHERE `ID` = ?', [
      id,
    ]);
    return rows.length === 0;
  });
}

describe('a session', () => {
  const RULES = { isolation: 'READ-COMMITTED', zone: '+00:00' };

  it('has the same rules on every connection of the pool, whatever the server would give it', async () => {
    const sessions = await sessionsOf(database);
    expect(new Set(sessions.map(({ id }) => id)).size).toBe(POOL_SIZE);
    for (const session of sessions) expect(session).toMatchObject(RULES);
  });

  it('has them too when it takes the place of one that was killed', async () => {
    const before = await sessionsOf(cuttable);
    for (const { id } of before) await killConnection(id);

    const after = await eventually('the pool has new connections', () => sessionsOf(cuttable));

    const known = new Set(before.map(({ id }) => id));
    expect(after.filter(({ id }) => known.has(id))).toEqual([]);
    for (const session of after) expect(session).toMatchObject(RULES);
  });
});

describe('what the driver gives', () => {
  it('is exact: a BIGINT is text and a moment is UTC', async () => {
    const id = newId();
    await database.write('INSERT INTO `counter` (`id`, `value`) VALUES (?, ?)', [
      id,
      9_223_372_036_854_775_807n,
    ]);
    expect(await valueOf(id)).toBe('9223372036854775807');

    const moment = new Date('2026-11-20T03:04:05.678Z');
    const [row] = await database.query<{ at: Date; text: string }>(
      'SELECT CAST(? AS DATETIME(3)) AS `at`, CAST(CAST(? AS DATETIME(3)) AS CHAR) AS `text`',
      [moment, moment],
    );
    expect(row).toEqual({ at: moment, text: '2026-11-20 03:04:05.678' });
  });

  it('counts the rows that a statement matched, also those that it left as they were', async () => {
    const id = newId();
    await insert(database, id, 5);
    const result = await database.write('UPDATE `counter` SET `value` = 5 WHERE `id` = ?', [id]);
    expect(result.affectedRows).toBe(1);
  });
});

describe('a statement that fails', () => {
  it('is told with its question marks, and without what stood for them', async () => {
    const id = newId();
    const failing = [
      database.write('INSERT INTO `counter` (`id`, `nothing`) VALUES (?, ?)', [id, 'hush-hush']),
      database.query('SELECT ? FROM `nowhere`', ['hush-hush']),
      database.transaction((transaction) => transaction.query('SELECT ? FROM `nowhere`', ['hush-hush'])),
    ];
    for (const failed of await Promise.allSettled(failing)) {
      const reason = failed.status === 'rejected' ? (failed.reason as object) : {};
      expect(reason).toHaveProperty('query', expect.stringContaining('?'));
      expect(inspect(reason, { depth: 4 })).not.toContain('hush-hush');
    }
  });
});

describe('a transaction', () => {
  it('is seen by others after it, and tells of itself only then', async () => {
    const id = newId();
    const told: Promise<string | undefined>[] = [];

    await database.transaction(async (transaction) => {
      await insert(transaction, id);
      transaction.afterCommit(() => void told.push(valueOf(id)));
      expect(await valueOf(id)).toBeUndefined();
    });

    expect(await Promise.all(told)).toEqual(['0']);
  });

  it('leaves nothing when it fails, says nothing, and is not tried again', async () => {
    const id = newId();
    let runs = 0;
    let told = 0;
    const failing = database.transaction(async (transaction) => {
      runs += 1;
      transaction.afterCommit(() => (told += 1));
      await insert(transaction, id);
      throw new Error('the rule says no');
    });

    await expect(failing).rejects.toThrow('the rule says no');
    expect([runs, told, await valueOf(id)]).toEqual([1, 0, undefined]);
  });

  it('leaves nothing to the next one on its connection after a statement failed', async () => {
    const id = newId();
    await insert(database, id);
    const clash = database.transaction(async (transaction) => {
      await add(transaction, id);
      await insert(transaction, id);
    });
    await expect(clash).rejects.toMatchObject({ driverError: { errno: 1062 } });

    await database.transaction((transaction) => add(transaction, id));
    expect(await valueOf(id)).toBe('1');
  });
});

describe("two transactions in each other's way", () => {
  it('both succeed after a deadlock: the one that the server threw out is run again', async () => {
    const [a, b] = [newId(), newId()];
    await insert(database, a);
    await insert(database, b);
    const bothHoldOne = barrier(2);
    const runs: string[] = [];
    const crosswise = (name: string, first: number, second: number) =>
      database.transaction(async (transaction) => {
        runs.push(name);
        await add(transaction, first);
        if (runs.length <= 2) await bothHoldOne();
        await add(transaction, second);
      });

    await Promise.all([crosswise('one', a, b), crosswise('other', b, a)]);

    expect(runs).toHaveLength(3);
    expect([await valueOf(a), await valueOf(b)]).toEqual(['2', '2']);
  });

  it('both succeed after one waited too long for a lock', async () => {
    const id = newId();
    await insert(database, id);
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const held = barrier(2);
    let runs = 0;

    const holder = database.transaction(async (transaction) => {
      await add(transaction, id);
      await held();
      await released;
    });
    const waiter = database.transaction(async (transaction) => {
      runs += 1;
      // The second run means that the first was thrown out: now the holder may go.
      if (runs === 1) await held();
      else release();
      await transaction.write('SET SESSION innodb_lock_wait_timeout = 1');
      await add(transaction, id);
    });
    await Promise.all([holder, waiter]);

    expect(runs).toBeGreaterThan(1);
    expect(await valueOf(id)).toBe('2');
  });

  it.each([1213, 1205, 1020])('is run again in whole after error %d', async (errno) => {
    const id = newId();
    let runs = 0;
    await database.transaction(async (transaction) => {
      runs += 1;
      await insert(transaction, id);
      if (runs < 3) await transaction.write(`SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = ${errno}`);
    });
    expect([runs, await valueOf(id)]).toEqual([3, '0']);
  });

  it('give up in the end, and store nothing', async () => {
    const id = newId();
    let runs = 0;
    const hopeless = database.transaction(async (transaction) => {
      runs += 1;
      await insert(transaction, id);
      await transaction.write("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213");
    });
    await expect(hopeless).rejects.toMatchObject({ driverError: { errno: 1213 } });
    expect(runs).toBe(8);
    expect(await valueOf(id)).toBeUndefined();
  });
});

describe('a connection that is killed in the middle of a transaction', () => {
  it('takes the transaction with it: nothing is stored, and the error says that nothing has happened', async () => {
    const id = newId();
    let told = 0;
    const interrupted = database.transaction(async (transaction) => {
      transaction.afterCommit(() => (told += 1));
      await insert(transaction, id);
      await killConnection((await sessionOf(transaction)).id);
      await add(transaction, id);
    });

    await expect(interrupted).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect([told, await valueOf(id)]).toEqual([0, undefined]);
  });

  it('says so too when a statement was running', async () => {
    const id = newId();
    const interrupted = database.transaction(async (transaction) => {
      await insert(transaction, id);
      const { id: connectionId } = await sessionOf(transaction);
      await Promise.all([transaction.query('SELECT SLEEP(60)'), killConnection(connectionId)]);
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await valueOf(id)).toBeUndefined();
  });

  it('stores nothing either when only the COMMIT finds out, which can not know that', async () => {
    const id = newId();
    const interrupted = database.transaction(async (transaction) => {
      await insert(transaction, id);
      await killConnection((await sessionOf(transaction)).id);
    });
    await expect(interrupted).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(await valueOf(id)).toBeUndefined();
  });
});

describe('a connection that breaks at COMMIT', () => {
  it.each([
    ['request', undefined],
    ['answer', '0'],
  ] as const)('leaves the outcome unknown, whichever it is (cut at the %s)', async (point, stored) => {
    const id = newId();
    const cuts = proxy.cuts;
    let told = 0;
    let runs = 0;
    proxy.cutAtCommit(point);

    const unsure = cuttable.transaction(async (transaction) => {
      runs += 1;
      transaction.afterCommit(() => (told += 1));
      await insert(transaction, id);
    });

    await expect(unsure).rejects.toBeInstanceOf(CommitOutcomeUnknownError);
    expect(proxy.cuts).toBe(cuts + 1);
    // Not run again by itself: only who knows the key of the work can tell whether it was done.
    expect([runs, told]).toEqual([1, 0]);
    await eventually('the server has noticed', async () => (await valueOf(id)) === stored);
    expect(await valueOf(id)).toBe(stored);
  });

  it('leaves the pool as good as it was', async () => {
    proxy.cutAtCommit(...Array.from({ length: POOL_SIZE }, () => 'request' as const));
    const unsure = await Promise.allSettled(
      Array.from({ length: POOL_SIZE }, () =>
        cuttable.transaction((transaction) => insert(transaction, newId())),
      ),
    );
    expect(unsure.every(({ status }) => status === 'rejected')).toBe(true);

    const ids = Array.from({ length: POOL_SIZE * 2 }, newId);
    await Promise.all(ids.map((id) => cuttable.transaction((transaction) => insert(transaction, id))));
    expect(await Promise.all(ids.map(valueOf))).toEqual(ids.map(() => '0'));
  });
});

describe('a server that is gone', () => {
  it('is UNAVAILABLE, in words, and used again when it is back', async () => {
    const id = newId();
    await server.kill();

    const attempts: (() => Promise<unknown>)[] = [
      () => database.query('SELECT 1'),
      () => insert(database, id),
      () => database.transaction((transaction) => insert(transaction, id)),
    ];
    for (const attempt of attempts) {
      const error = await attempt().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(SCHEMA) });
      expect(error).toBeInstanceOf(DomainError);
    }

    await server.start();
    await database.transaction((transaction) => insert(transaction, id));
    expect(await valueOf(id)).toBe('0');
  });
});

describe('closing', () => {
  it('first ends what needs the database, the latest of it first', async () => {
    const order: string[] = [];
    const other = await new Database({ url: server.url, schema: SCHEMA }).open();
    for (const name of ['first', 'second']) {
      other.beforeClose(async () => {
        await other.query('SELECT 1');
        order.push(name);
      });
    }
    await other.close();
    expect(order).toEqual(['second', 'first']);
    await expect(other.query('SELECT 1')).rejects.toThrow('not established');
  });
});
