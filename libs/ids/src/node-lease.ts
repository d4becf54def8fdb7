import { randomUUID } from 'node:crypto';
import { NODES } from './id-layout.js';
import { IdRefusedError, type NodeGrant, type NodeGrants } from './id-generator.js';

/**
 * For the first migration of each service that issues ids. It lives in the service's own schema: its ids need be unique
 * among its own only. `issued_until_ms` is the watermark: no id under this number says a later moment (Unix ms).
 */
export const NODE_LEASE_TABLE_SQL = `
  CREATE TABLE IF NOT EXISTS \`node_lease\` (
    \`node\` TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    \`holder\` VARCHAR(40) NOT NULL,
    \`expires_at\` DATETIME(3) NOT NULL,
    \`issued_until_ms\` BIGINT NOT NULL,
    KEY \`node_lease_holder\` (\`holder\`)
  ) ENGINE = InnoDB`;

const FREE_SINCE = '1970-01-02';
const ALL_NODES = Array.from({ length: NODES }, (_, node) => `(${node}, '', '${FREE_SINCE}', 0)`).join(', ');
const COLUMNS = '`node`, `holder`, `expires_at`, `issued_until_ms`';
const NEW_EXPIRY = '`expires_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND';
const EXPIRED = '`expires_at` < UTC_TIMESTAMP(3)';

const SQL = {
  insertAll: `INSERT IGNORE INTO \`node_lease\` (${COLUMNS}) VALUES ${ALL_NODES}`,
  claim: `UPDATE \`node_lease\` SET \`holder\` = ?, ${NEW_EXPIRY} WHERE ${EXPIRED} AND \`issued_until_ms\` <= ? ORDER BY \`node\` LIMIT 1`,
  claimed: 'SELECT `node`, `issued_until_ms` FROM `node_lease` WHERE `holder` = ?',
  renew: `UPDATE \`node_lease\` SET ${NEW_EXPIRY}, \`issued_until_ms\` = GREATEST(\`issued_until_ms\`, ?) WHERE \`holder\` = ?`,
  release: `UPDATE \`node_lease\` SET \`holder\` = '', \`expires_at\` = '${FREE_SINCE}', \`issued_until_ms\` = ? WHERE \`holder\` = ?`,
  nearestWatermark: `SELECT MIN(\`issued_until_ms\`) AS \`issued_until_ms\` FROM \`node_lease\` WHERE ${EXPIRED}`,
};

/** The part of a database that a lease needs. BIGINT may arrive as a string. */
export interface LeaseDatabase {
  query<Row>(sql: string, parameters?: readonly (string | number)[]): Promise<Row[]>;
  write(sql: string, parameters?: readonly (string | number)[]): Promise<{ readonly affectedRows: number }>;
}

export interface NodeLeaseOptions {
  readonly database: LeaseDatabase;
  /** The latest moment that an id says it was issued at, for the successor; see `IdGenerator.lastIssuedMs`. */
  readonly lastIssuedMs: () => number;
  /** Told of what went wrong behind the scenes; the lease goes on trying. */
  readonly onError: (error: unknown) => void;
  /** How long the number stays ours after we were last heard of, 30,000. */
  readonly ttlMs?: number;
}

const DEFAULT_TTL_MS = 30_000;
const RENEWALS_PER_TTL = 3;
/** After a renewal that failed: a few dozen tries are left before the lease runs out. */
const RETRIES_PER_TTL = 30;
/** Clocks of two machines may differ by so much; a number whose watermark is further ahead is passed over. */
const MAX_WAIT_MS = 2_000;

/**
 * A node number that nobody else has, leased from MySQL. Not from Redis: after a `FLUSHALL` two replicas would get the
 * same number and issue the same ids.
 *
 * What makes an id unique is the watermark, not the expiry: each renewal writes down how far ids may go *before* it
 * allows them to, and a successor issues only later ones. So neither a holder that was paused, nor a crash, nor clocks
 * that disagree (the database's decides on expiry) can repeat one. The expiry only says when a number is free again.
 */
export class NodeLease implements NodeGrants {
  private readonly ttlMs: number;
  /** New for each claim, so that nothing of an earlier one is taken for ours. */
  private holder = '';
  private claimed: Pick<NodeGrant, 'node' | 'afterMs'> | undefined;
  private grant: NodeGrant | undefined;
  /** On the monotonic clock, counted from before the request was sent: MySQL can't have counted from earlier. */
  private validUntil = -Infinity;
  private released = false;
  private timer: NodeJS.Timeout | undefined;
  private keeping: Promise<void> = Promise.resolve();

  constructor(private readonly options: NodeLeaseOptions) {
    this.ttlMs = options.ttlMs ?? DEFAULT_TTL_MS;
  }

  /**
   * Takes the lowest free number and keeps it until `release`.
   *
   * @throws Error when all 64 numbers are taken, or when our clock is behind the ids of all that are free.
   */
  async acquire(): Promise<void> {
    await this.claim();
    this.schedule(this.ttlMs / RENEWALS_PER_TTL);
    await this.untilAfterPredecessor();
  }

  /** @throws IdRefusedError when no number is ours, or when we can't be sure of it any more. */
  current(): NodeGrant {
    if (!this.grant) throw new IdRefusedError('No node number is leased');
    if (performance.now() >= this.validUntil) {
      throw new IdRefusedError(
        `The lease of node ${this.grant.node} could not be renewed in time: somebody else may have it`,
      );
    }
    return this.grant;
  }

  /**
   * Gives the number back at once, with the moment that the successor must stay behind. No more ids from here on.
   * Never fails: a number that can't be given back is free when its lease runs out.
   */
  async release(): Promise<void> {
    this.released = true;
    clearTimeout(this.timer);
    await this.keeping;
    const grant = this.grant;
    this.grant = undefined;
    if (!grant) return;
    try {
      const issuedUntilMs = Math.max(grant.afterMs, this.options.lastIssuedMs());
      await this.options.database.write(SQL.release, [issuedUntilMs, this.holder]);
    } catch (error) {
      this.options.onError(error);
    }
  }

  private async claim(): Promise<void> {
    const { database } = this.options;
    this.holder = randomUUID();
    await database.write(SQL.insertAll);
    await database.write(SQL.claim, [this.holder, this.ttlMs * 1_000, Date.now() + MAX_WAIT_MS]);
    const [row] = await database.query<{ node: number; issued_until_ms: string | number }>(SQL.claimed, [
      this.holder,
    ]);
    if (!row) throw await this.noneFree();
    this.claimed = { node: row.node, afterMs: Number(row.issued_until_ms) };
    if (!(await this.renew()))
      throw new Error(`Node ${row.node} was taken by another before it could be used`);
  }

  private async noneFree(): Promise<Error> {
    const [row] = await this.options.database.query<{ issued_until_ms: string | number | null }>(
      SQL.nearestWatermark,
    );
    const behindMs = Number(row?.issued_until_ms ?? 0) - Date.now();
    return new Error(
      behindMs > MAX_WAIT_MS
        ? `The clock is ${behindMs} ms behind the ids that were issued before: set it right, then start again`
        : `All ${NODES} node numbers are leased: one is free again ${this.ttlMs / 1_000} s after its holder ended`,
    );
  }

  /** @returns whether the number is still ours. Late is not lost: while nobody else has taken it, it is kept. */
  private async renew(): Promise<boolean> {
    if (!this.claimed) return false;
    const askedAt = performance.now();
    const untilMs = Date.now() + this.ttlMs;
    const parameters = [this.ttlMs * 1_000, untilMs, this.holder];
    const { affectedRows } = await this.options.database.write(SQL.renew, parameters);
    if (affectedRows === 0) {
      this.claimed = undefined;
      this.grant = undefined;
      return false;
    }
    this.grant = { ...this.claimed, untilMs };
    this.validUntil = askedAt + this.ttlMs;
    return true;
  }

  private schedule(inMs: number): void {
    if (this.released) return;
    this.timer = setTimeout(() => {
      this.keeping = this.keep().then((nextInMs) => this.schedule(nextInMs));
    }, inMs);
    // Holding a number is no reason for a process to stay.
    this.timer.unref();
  }

  /** @returns when to look again, ms. */
  private async keep(): Promise<number> {
    try {
      const node = this.claimed?.node;
      if (await this.renew()) return this.ttlMs / RENEWALS_PER_TTL;
      if (node !== undefined) {
        this.options.onError(
          new Error(`Node ${node} was taken by another while we were away: taking a new one`),
        );
      }
      await this.claim();
      return this.ttlMs / RENEWALS_PER_TTL;
    } catch (error) {
      this.options.onError(error);
      return this.ttlMs / RETRIES_PER_TTL;
    }
  }

  /** Where the predecessor's clock was ahead of ours. Not needed for uniqueness, but a start should end in ids. */
  private async untilAfterPredecessor(): Promise<void> {
    const afterMs = this.claimed?.afterMs ?? 0;
    for (let behindMs = afterMs - Date.now(); behindMs >= 0; behindMs = afterMs - Date.now()) {
      await new Promise((resolve) => setTimeout(resolve, behindMs + 1));
    }
  }
}
