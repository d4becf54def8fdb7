import { createHash } from 'node:crypto';
import { type Pool, type PoolConnection, createPool } from 'mysql2/promise';

/**
 * What one would write without a ledger: a transaction for each posting, with the same rows in the same tables, on as many
 * connections as serve it best.
 */
export class ByHand {
  private readonly pool: Pool;
  private lastId = BigInt(Date.now()) << 22n;

  constructor(
    url: string,
    schema: string,
    private readonly connections = 16,
  ) {
    this.pool = createPool({
      uri: url,
      database: schema,
      connectionLimit: connections,
      supportBigNumbers: true,
      bigNumberStrings: true,
      timezone: 'Z',
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  get concurrency(): number {
    return this.connections;
  }

  /** Moves money between two accounts, given by their ids. */
  async post(from: string, to: string, amount: bigint): Promise<void> {
    const connection = await this.pool.getConnection();
    try {
      // Two that lock the same accounts in one order never wait for each other in a circle.
      await connection.beginTransaction();
      await this.postIn(connection, from, to, amount);
      await connection.commit();
    } catch (error) {
      await connection.rollback();
      throw error;
    } finally {
      connection.release();
    }
  }

  private async postIn(connection: PoolConnection, from: string, to: string, amount: bigint): Promise<void> {
    this.lastId += 1n;
    const id = this.lastId.toString();
    const [rows] = await connection.query(
      'SELECT id, posted, version, floor_amount FROM account WHERE id IN (?, ?) ORDER BY id FOR UPDATE',
      [from, to],
    );
    await connection.query(
      "INSERT INTO transfer (id, scope, idempotency_key, request_hash, kind, status, reference, created_at) VALUES (?, 'by_hand', ?, ?, 'recharge', 'posted', ?, UTC_TIMESTAMP(6))",
      [id, id, createHash('sha256').update(id).digest(), id],
    );
    for (const row of rows as { id: string; posted: string; version: string }[]) {
      const change = row.id === from ? -amount : amount;
      const after = BigInt(row.posted) + change;
      if (after < 0n) throw new Error(`Account ${row.id} has too little`);
      const seq = Number(row.version) + 1;
      await connection.query(
        'INSERT INTO entry (account_id, seq, transfer_id, amount, balance_after) VALUES (?, ?, ?, ?, ?)',
        [row.id, seq, id, change, after],
      );
      await connection.query('UPDATE account SET posted = ?, version = ? WHERE id = ? AND version = ?', [
        after,
        seq,
        row.id,
        row.version,
      ]);
    }
    await connection.query(
      "INSERT INTO outbox (event_name, aggregate_id, payload, headers) VALUES ('transfer.posted', ?, ?, '{}')",
      [id, JSON.stringify({ transferId: id, filler: 'x'.repeat(400) })],
    );
  }
}
