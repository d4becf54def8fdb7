import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createTestDatabase, eventually, type TestDatabase } from '#libs/testing';
import { IdGenerator, IdRefusedError } from './id-generator.js';
import { NODES, decodeId } from './id-layout.js';
import { type LeaseDatabase, NODE_LEASE_TABLE_SQL, NodeLease } from './node-lease.js';

jest.setTimeout(120_000);

/** Short, so that a lease can be seen to run out; long enough that a busy machine renews in time. */
const TTL_MS = 1_500;

let mysql: TestDatabase;
let replicas: Replica[] = [];

/** A replica as the lease sees it: its database can be cut off, and it can die without a word. */
class Replica {
  readonly errors: unknown[] = [];
  readonly lease: NodeLease;
  readonly ids: IdGenerator;
  private cutOff = false;

  constructor(ttlMs = TTL_MS) {
    this.lease = new NodeLease({
      database: this.database(),
      lastIssuedMs: () => this.ids.lastIssuedMs,
      onError: (error) => this.errors.push(error),
      ttlMs,
    });
    this.ids = new IdGenerator({ grants: this.lease });
    replicas.push(this);
  }

  async start(): Promise<this> {
    await this.lease.acquire();
    return this;
  }

  get node(): number {
    return this.lease.current().node;
  }

  canIssue(): boolean {
    try {
      this.ids.next(0);
      return true;
    } catch (error) {
      if (error instanceof IdRefusedError) return false;
      throw error;
    }
  }

  /** All that a crash or a pulled cable leaves to see for the others: silence. */
  loseDatabase(): void {
    this.cutOff = true;
  }

  findDatabaseAgain(): void {
    this.cutOff = false;
  }

  private database(): LeaseDatabase {
    const reach = async () => {
      if (this.cutOff) throw new Error('the database is out of reach');
    };
    return {
      query: (sql, parameters) => reach().then(() => mysql.database.query(sql, parameters)),
      write: (sql, parameters) => reach().then(() => mysql.database.write(sql, parameters)),
    };
  }
}

async function rowOf(node: number): Promise<{ expiresInMs: number; issuedUntilMs: number }> {
  const [row] = await mysql.database.query<{ expires_in_us: string; issued_until_ms: string }>(
    'SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), `expires_at`) AS `expires_in_us`, `issued_until_ms` FROM `node_lease` WHERE `node` = ?',
    [node],
  );
  return { expiresInMs: Number(row?.expires_in_us) / 1_000, issuedUntilMs: Number(row?.issued_until_ms) };
}

/** As if the former holders' clocks had been ahead of ours. */
async function setWatermark(nodes: string, issuedUntilMs: number): Promise<void> {
  await mysql.database.write(`UPDATE \`node_lease\` SET \`issued_until_ms\` = ? WHERE ${nodes}`, [
    issuedUntilMs,
  ]);
}

const timeOf = (id: bigint): number => decodeId(id).at.getTime();

beforeAll(async () => {
  mysql = await createTestDatabase('ids', { migrations: [] });
});

beforeEach(async () => {
  await mysql.database.write(NODE_LEASE_TABLE_SQL);
});

afterEach(async () => {
  await Promise.all(replicas.map(({ lease }) => lease.release()));
  replicas = [];
  await mysql.database.write('DROP TABLE `node_lease`');
});

afterAll(() => mysql.drop());

describe('leasing a node number', () => {
  it('gives each replica the lowest that is free', async () => {
    const first = await new Replica().start();
    const second = await new Replica().start();
    const third = await new Replica().start();
    expect([first.node, second.node, third.node]).toEqual([0, 1, 2]);
    await second.lease.release();
    expect((await new Replica().start()).node).toBe(1);
  });

  it('gives 64 of 70 who ask at once a number of their own, and tells the others why not', async () => {
    const asking = Array.from({ length: 70 }, () => new Replica(60_000).start());
    const answers = await Promise.allSettled(asking);
    const nodes = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.node] : []));
    expect(nodes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: NODES }, (_, node) => node));
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [String(answer.reason)] : [],
    );
    expect(new Set(refusals)).toEqual(
      new Set(['Error: All 64 node numbers are leased: one is free again 60 s after its holder ended']),
    );
  });

  it('is needed for ids', () => {
    expect(() => new Replica().ids.next(0)).toThrow('No node number is leased');
  });

  it('lasts as long as it is renewed', async () => {
    const replica = await new Replica().start();
    const firstWatermark = (await rowOf(0)).issuedUntilMs;
    await eventually('the lease has outlived its first term', () => Date.now() > firstWatermark + TTL_MS);
    expect(replica.node).toBe(0);
    expect((await rowOf(0)).expiresInMs).toBeGreaterThan(0);
    expect((await new Replica().start()).node).toBe(1);
    expect(replica.errors).toEqual([]);
  });
});

describe('a replica that loses the database', () => {
  it('issues ids until its lease runs out, then none, and goes on with its number when nobody took it', async () => {
    const replica = await new Replica().start();
    replica.loseDatabase();
    expect(replica.canIssue()).toBe(true);
    await eventually('no more ids', () => !replica.canIssue());
    expect(() => replica.ids.next(0)).toThrow(
      'The lease of node 0 could not be renewed in time: somebody else may have it',
    );
    replica.findDatabaseAgain();
    await eventually('ids again', () => replica.canIssue());
    expect(replica.node).toBe(0);
  });

  it('takes another number when somebody has its own by then', async () => {
    const lost = await new Replica().start();
    lost.loseDatabase();
    await eventually('its lease has run out', async () => (await rowOf(0)).expiresInMs < 0);
    const heir = await new Replica().start();
    expect(heir.node).toBe(0);
    lost.findDatabaseAgain();
    await eventually('it has a number again', () => lost.canIssue());
    expect(lost.node).toBe(1);
    expect(lost.errors.map(String)).toContain(
      'Error: Node 0 was taken by another while we were away: taking a new one',
    );
  });

  it('stops at the moment it hears that its number is lost, even if it would still have time', async () => {
    const replica = await new Replica(3_000).start();
    await mysql.database.write(
      "UPDATE `node_lease` SET `holder` = 'another', `expires_at` = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR",
    );
    await eventually('it has heard', () => replica.errors.length > 0);
    expect(replica.canIssue()).toBe(false);
    await eventually('it has looked for another', () =>
      replica.errors.some((error) => String(error).includes('All 64 node numbers are leased')),
    );
  });

  it('has left word of every id it may have issued, so that its heir starts behind them', async () => {
    const crashed = await new Replica().start();
    crashed.loseDatabase();
    let last = 0n;
    await eventually('it has issued all that it could', () => {
      if (!crashed.canIssue()) return true;
      last = crashed.ids.next(0);
      return false;
    });
    await eventually('its lease has run out', async () => (await rowOf(0)).expiresInMs < 0);
    expect((await rowOf(0)).issuedUntilMs).toBeGreaterThanOrEqual(timeOf(last));
    const heir = await new Replica().start();
    expect(heir.node).toBe(0);
    expect(timeOf(heir.ids.next(0))).toBeGreaterThan(crashed.ids.lastIssuedMs);
  });

  it('can end all the same', async () => {
    const replica = await new Replica().start();
    replica.loseDatabase();
    await replica.lease.release();
    expect(replica.errors.map(String)).toEqual(['Error: the database is out of reach']);
    expect(replica.canIssue()).toBe(false);
  });
});

describe('a process that was paused for longer than its lease', () => {
  it('issues nothing when it wakes up, even before its timers have run', async () => {
    const replica = await new Replica(300).start();
    expect(replica.canIssue()).toBe(true);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    expect(() => replica.ids.next(0)).toThrow(IdRefusedError);
    await eventually('it has renewed its lease', () => replica.canIssue());
  });
});

describe('a clock that was set back between two holders', () => {
  it('is waited for when it is only a little behind', async () => {
    await new Replica().start().then(({ lease }) => lease.release());
    const watermark = Date.now() + 1_000;
    await setWatermark('TRUE', watermark);
    const successor = await new Replica().start();
    expect(timeOf(successor.ids.next(0))).toBeGreaterThan(watermark);
  });

  it('makes the successor pass over the numbers that it is far behind', async () => {
    await new Replica().start().then(({ lease }) => lease.release());
    await setWatermark('`node` IN (0, 1)', Date.now() + 3_600_000);
    expect((await new Replica().start()).node).toBe(2);
  });

  it('is an error when it is far behind all of them', async () => {
    await new Replica().start().then(({ lease }) => lease.release());
    await setWatermark('TRUE', Date.now() + 3_600_000);
    await expect(new Replica().start()).rejects.toThrow(
      /^The clock is \d{7} ms behind the ids that were issued before: set it right, then start again$/,
    );
  });

  it('does not matter to who comes after a proper end: the watermark is the last id', async () => {
    const first = await new Replica().start();
    const last = first.ids.next(0);
    await first.lease.release();
    expect((await rowOf(0)).issuedUntilMs).toBe(timeOf(last));
    expect(first.canIssue()).toBe(false);
  });
});
