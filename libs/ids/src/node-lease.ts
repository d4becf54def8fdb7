import { randomUUID } from 'node:crypto';
import { NODES } from './id-layout.js';
import { IdRefusedError, type NodeGrant, type NodeGrants } from './id-generator.js';

/** Lives in the schema of each service that issues ids: its ids need be unique among its own only. */
export const NODE_LEASE_TABLE_SQL = `
  CREATE TABLE IF NOT EXISTS \`node_lease\` (
    \`node\` TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    \`holder\` VARCHAR(40) NOT NULL,
    \`expires_at\` DATETIME(3) NOT NULL,
    \`issued_until_ms\` BIGINT NOT NULL,
    KEY \`node_lease_holder\` (\`holder\`)
  ) ENGINE = InnoDB`;

/** The part of a database that a lease needs. */
export interface LeaseDatabase {
  query<Row>(sql: string, parameters?: readonly (string | number)[]): Promise<Row[]>;
  write(sql: string, parameters?: readonly (string | number)[]): Promise<{ readonly affectedRows: number }>;
}

export interface NodeLeaseOptions {
  readonly database: LeaseDatabase;
  /** The latest moment that an id says it was issued at, for the successor; see `IdGenerator.lastIssuedMs`. */
  readonly lastIssuedMs: () => number;
  readonly onError: (error: unknown) => void;
  readonly ttlMs?: number;
}

const DEFAULT_TTL_MS = 30_000;
const RENEWALS_PER_TTL = 3;

/**
 * A node number that nobody else has, leased from MySQL. Not from Redis: after a `FLUSHALL` two replicas would get the
 * same number and issue the same ids. Whoever gets a number also learns up to when its ids may have been issued, so
 * that a clock that stepped back between two holders can't repeat one.
 */
export class NodeLease implements NodeGrants {
  private readonly holder = randomUUID();
  private readonly ttlMs: number;
  private grant: NodeGrant | undefined;
  /** On the monotonic clock, counted from before the request was sent: MySQL can't have counted from earlier. */
  private validUntil = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: NodeLeaseOptions) {
    this.ttlMs = options.ttlMs ?? DEFAULT_TTL_MS;
  }

  /** @throws Error when all 64 numbers are taken. */
  async acquire(): Promise<void> {
    const { database } = this.options;
    await database.write(
      `INSERT IGNORE INTO \`node_lease\` (\`node\`, \`holder\`, \`expires_at\`, \`issued_until_ms\`) VALUES ${Array.from({ length: NODES }, (_, node) => `(${node}, '', '1970-01-02', 0)`).join(', ')}`,
    );
    const askedAt = performance.now();
    const { affectedRows } = await database.write(
      'UPDATE `node_lease` SET `holder` = ?, `expires_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE `expires_at` < UTC_TIMESTAMP(3) ORDER BY `node` LIMIT 1',
      [this.holder, this.ttlMs * 1_000],
    );
    const [row] = await database.query<{ node: number; issued_until_ms: string }>(
      'SELECT `node`, `issued_until_ms` FROM `node_lease` WHERE `holder` = ?',
      [this.holder],
    );
    if (affectedRows === 0 || !row) {
      throw new Error(`All ${NODES} node numbers are leased: a number is free again ${this.ttlMs / 1_000} s after its holder ends`);
    }
    this.grant = { node: row.node, afterMs: Number(row.issued_until_ms), untilMs: 0 };
    this.validUntil = askedAt + this.ttlMs;
    await this.renew();
    await this.waitUntilAfter(this.grant.afterMs);
    this.scheduleRenewal();
  }

  /** After a crash the predecessor may have used every millisecond up to its expiry, and our clock may be a bit behind. */
  private async waitUntilAfter(moment: number): Promise<void> {
    const behindMs = moment - Date.now();
    if (behindMs > this.ttlMs) {
      throw new Error(`The clock is ${behindMs} ms behind the ids that were issued before: set it right, then start again`);
    }
    if (behindMs >= 0) await new Promise((resolve) => setTimeout(resolve, behindMs + 1));
  }

  /** Gives the number back at once, with the moment that the successor must stay behind. */
  async release(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.grant) return;
    const issuedUntilMs = Math.max(this.grant.afterMs, this.options.lastIssuedMs());
    this.grant = undefined;
    await this.options.database.write(
      "UPDATE `node_lease` SET `holder` = '', `expires_at` = '1970-01-02', `issued_until_ms` = ? WHERE `holder` = ?",
      [issuedUntilMs, this.holder],
    );
  }

  current(): NodeGrant {
    if (!this.grant) throw new IdRefusedError('No node number is leased');
    if (performance.now() >= this.validUntil) {
      throw new IdRefusedError(`The lease of node ${this.grant.node} could not be renewed in time: somebody else may have it`);
    }
    return this.grant;
  }

  /** Announces how far ids may go before it allows them to: a holder that crashes has left word of all its ids. */
  private async renew(): Promise<void> {
    const askedAt = performance.now();
    const untilMs = Date.now() + this.ttlMs;
    const { affectedRows } = await this.options.database.write(
      'UPDATE `node_lease` SET `expires_at` = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, `issued_until_ms` = GREATEST(`issued_until_ms`, ?) WHERE `holder` = ? AND `expires_at` > UTC_TIMESTAMP(3)',
      [this.ttlMs * 1_000, untilMs, this.holder],
    );
    if (affectedRows === 0) throw new Error('The lease of the node number has run out');
    if (this.grant) this.grant = { ...this.grant, untilMs };
    this.validUntil = askedAt + this.ttlMs;
  }

  private scheduleRenewal(): void {
    this.timer = setTimeout(() => {
      void this.renew()
        .catch(async (error: unknown) => {
          this.options.onError(error);
          // Lost for good (we were away for too long): any free number is as good as the old one.
          if (performance.now() >= this.validUntil) await this.acquireAgain();
        })
        .finally(() => {
          if (this.timer) this.scheduleRenewal();
        });
    }, this.ttlMs / RENEWALS_PER_TTL);
    this.timer.unref();
  }

  private async acquireAgain(): Promise<void> {
    try {
      clearTimeout(this.timer);
      await this.acquire();
    } catch (error) {
      this.options.onError(error);
    }
  }
}
