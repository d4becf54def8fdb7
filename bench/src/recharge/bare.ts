import { createHash, createSign, createVerify, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import { runConcurrently } from './figures.js';

/**
 * The limit that the platform is measured against: one process without HTTP, Redis, Nest or checks, that makes the same
 * rows by the same SQL in the same transactions on the same server, and the same RSA signatures (the pay URL signed and
 * verified, the notify signed and verified). The schemas are the platform's own, under another prefix.
 */
export class Bare {
  private readonly pool: Pool;
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private nextId = BigInt(Date.now()) << 22n;
  private readonly accountId: bigint;

  constructor(
    mysqlUrl: string,
    private readonly prefix: string,
  ) {
    this.pool = createPool({
      uri: mysqlUrl,
      connectionLimit: 16,
      supportBigNumbers: true,
      bigNumberStrings: true,
      timezone: 'Z',
    });
    this.accountId = this.id();
  }

  async open(): Promise<void> {
    await this.pool.query(
      `INSERT INTO \`${this.prefix}wallet\`.account (id, code, owner_id, kind, side, floor_amount, created_at) VALUES (?, ?, 1, 'merchant_cash', 'credit', 0, UTC_TIMESTAMP(6))`,
      [this.accountId, `merchant_cash:${this.accountId}`],
    );
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** @returns complete recharges a second. */
  async run(count: number, concurrency: number): Promise<number> {
    const startedAt = performance.now();
    await runConcurrently(count, concurrency, (index) => this.recharge(index % 4));
    return count / ((performance.now() - startedAt) / 1_000);
  }

  /** @returns notifies verified and committed a second: orders are made before the clock runs. */
  async runNotifies(count: number, concurrency: number): Promise<number> {
    const orders = Array.from({ length: count }, () => ({ orderId: this.id(), attemptId: this.id() }));
    const signatures = orders.map(({ attemptId }) =>
      createSign('RSA-SHA256').update(`notify ${attemptId}`).sign(this.keys.privateKey),
    );
    await runConcurrently(count, concurrency, async (index) => {
      const { orderId, attemptId } = orders[index] ?? { orderId: 0n, attemptId: 0n };
      await this.inTransaction((connection) => this.create(connection, index % 4, orderId, attemptId));
    });
    const startedAt = performance.now();
    await runConcurrently(count, concurrency, async (index) => {
      const { orderId, attemptId } = orders[index] ?? { orderId: 0n, attemptId: 0n };
      const signature = signatures[index] ?? Buffer.alloc(0);
      if (!createVerify('RSA-SHA256').update(`notify ${attemptId}`).verify(this.keys.publicKey, signature))
        throw new Error('A signature does not verify');
      await this.inTransaction((connection) => this.settle(connection, index % 4, orderId, attemptId));
    });
    return count / ((performance.now() - startedAt) / 1_000);
  }

  private async recharge(shard: number): Promise<void> {
    const orderId = this.id();
    const attemptId = this.id();
    this.signAndVerify(`pay ${attemptId}`);
    await this.inTransaction((connection) => this.create(connection, shard, orderId, attemptId));
    this.signAndVerify(`notify ${attemptId}`);
    await this.inTransaction((connection) => this.settle(connection, shard, orderId, attemptId));
    const transferId = this.id();
    await this.inTransaction((connection) => this.post(connection, orderId, transferId));
    await this.inTransaction((connection) => this.credit(connection, shard, orderId, transferId));
  }

  private async create(
    connection: PoolConnection,
    shard: number,
    orderId: bigint,
    attemptId: bigint,
  ): Promise<void> {
    const payment = `\`${this.prefix}payment\``;
    const now = new Date();
    await connection.query(
      `INSERT INTO ${payment}.orders_${shard} (id, merchant_id, state, channel, idempotency_key, request_hash, created_at, updated_at, expires_at) VALUES (?, 1, 'PAYING', 'alipay', ?, ?, ?, ?, ?)`,
      [orderId, randomUUID(), hashOf(orderId), now, now, now],
    );
    await connection.query(
      `INSERT INTO ${payment}.order_details_${shard} (order_id, amount, method, subject, attempt_id) VALUES (?, 50000000, 'page', 'Recharge', ?)`,
      [orderId, attemptId],
    );
    await connection.query(
      `INSERT INTO ${payment}.attempts_${shard} (id, order_id, merchant_id, channel, method, state, amount, pay_url, next_query_at, expires_at, created_at, updated_at) VALUES (?, ?, 1, 'alipay', 'page', 'PENDING', 50000000, ?, ?, ?, ?, ?)`,
      [attemptId, orderId, 'u'.repeat(1_100), now, now, now, now],
    );
  }

  private async settle(
    connection: PoolConnection,
    shard: number,
    orderId: bigint,
    attemptId: bigint,
  ): Promise<void> {
    const payment = `\`${this.prefix}payment\``;
    const now = new Date();
    await connection.query(
      `SELECT a.*, o.state AS order_state FROM ${payment}.attempts_${shard} AS a JOIN ${payment}.orders_${shard} AS o ON o.id = a.order_id WHERE a.id = ? FOR UPDATE`,
      [attemptId],
    );
    await connection.query(
      `UPDATE ${payment}.attempts_${shard} SET state = 'SUCCEEDED', channel_trade_no = ?, paid_amount = 50000000, paid_at = ?, next_query_at = NULL WHERE id = ?`,
      [attemptId.toString(), now, attemptId],
    );
    await connection.query(
      `UPDATE ${payment}.order_details_${shard} SET paid_at = ?, attempt_id = ? WHERE order_id = ?`,
      [now, attemptId, orderId],
    );
    await connection.query(
      `UPDATE ${payment}.orders_${shard} SET state = 'PAID', version = version + 1, credit_due_at = ?, updated_at = UTC_TIMESTAMP(3) WHERE id = ?`,
      [now, orderId],
    );
    await connection.query(
      `INSERT INTO ${payment}.outbox (event_name, aggregate_id, payload, headers) VALUES ('order.paid', ?, ?, '{}')`,
      [orderId.toString(), JSON.stringify({ orderId: orderId.toString(), filler: 'x'.repeat(250) })],
    );
  }

  private async post(connection: PoolConnection, orderId: bigint, transferId: bigint): Promise<void> {
    const wallet = `\`${this.prefix}wallet\``;
    const accounts = [this.accountId, 2n ** 63n - 4n, 2n ** 63n - 2n];
    await connection.query(
      `INSERT INTO ${wallet}.transfer (id, scope, idempotency_key, request_hash, kind, status, reference, external_id, created_at) VALUES (?, 'recharge', ?, ?, 'recharge', 'posted', ?, ?, ?)`,
      [transferId, orderId.toString(), hashOf(orderId), orderId.toString(), `alipay:${orderId}`, new Date()],
    );
    const [rows] = await connection.query(
      `SELECT id, posted, version FROM ${wallet}.account WHERE id IN (?) ORDER BY id FOR UPDATE`,
      [accounts],
    );
    const amounts = [50_000_000n, -300_000n, -49_700_000n];
    const after = (rows as { id: string; posted: string; version: string }[]).map((row, index) => ({
      id: BigInt(row.id),
      amount: amounts[index] ?? 0n,
      posted: BigInt(row.posted) + (amounts[index] ?? 0n),
      version: BigInt(row.version) + 1n,
    }));
    await connection.query(
      `INSERT INTO ${wallet}.entry (account_id, seq, transfer_id, amount, balance_after) VALUES ?`,
      [after.map((account) => [account.id, account.version, transferId, account.amount, account.posted])],
    );
    for (const account of after) {
      await connection.query(
        `UPDATE ${wallet}.account SET posted = ?, version = ? WHERE id = ? AND version = ?`,
        [account.posted, account.version, account.id, account.version - 1n],
      );
    }
    await connection.query(
      `INSERT INTO ${wallet}.outbox (event_name, aggregate_id, payload, headers) VALUES ('transfer.posted', ?, ?, '{}')`,
      [transferId.toString(), JSON.stringify({ transferId: transferId.toString(), filler: 'x'.repeat(500) })],
    );
  }

  private async credit(
    connection: PoolConnection,
    shard: number,
    orderId: bigint,
    transferId: bigint,
  ): Promise<void> {
    const payment = `\`${this.prefix}payment\``;
    await connection.query(
      `UPDATE ${payment}.orders_${shard} SET state = 'CREDITED', version = version + 1, credit_due_at = NULL, updated_at = UTC_TIMESTAMP(3) WHERE id = ? AND state = 'PAID'`,
      [orderId],
    );
    await connection.query(
      `UPDATE ${payment}.order_details_${shard} SET credited_at = ?, transfer_id = ? WHERE order_id = ?`,
      [new Date(), transferId, orderId],
    );
  }

  private async inTransaction(work: (connection: PoolConnection) => Promise<void>): Promise<void> {
    const connection = await this.pool.getConnection();
    try {
      await connection.query('START TRANSACTION');
      await work(connection);
      await connection.query('COMMIT');
    } finally {
      connection.release();
    }
  }

  private signAndVerify(text: string): void {
    const signature = createSign('RSA-SHA256').update(text).sign(this.keys.privateKey);
    if (!createVerify('RSA-SHA256').update(text).verify(this.keys.publicKey, signature))
      throw new Error('A signature does not verify');
  }

  private id(): bigint {
    return (this.nextId += 1n);
  }
}

const hashOf = (id: bigint): Buffer => createHash('sha256').update(id.toString()).digest();
