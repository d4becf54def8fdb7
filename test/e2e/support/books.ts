import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';

const SHARDS = [0, 1, 2, 3];
const PAYMENT_TABLES = [
  ...SHARDS.flatMap((shard) => [`orders_${shard}`, `order_details_${shard}`, `attempts_${shard}`]),
  'outbox',
];
const WALLET_TABLES = ['account', 'transfer', 'entry', 'outbox'];
const IDENTITY_TABLES = ['account', 'account_role', 'session', 'refresh_token'];

/** What the services have stored, read past them. */
export class Books {
  private constructor(private readonly connection: Connection) {}

  static async open(mysqlUrl: string): Promise<Books> {
    return new Books(
      await createConnection({
        uri: mysqlUrl,
        supportBigNumbers: true,
        bigNumberStrings: true,
        dateStrings: true,
      }),
    );
  }

  close(): Promise<void> {
    return this.connection.end();
  }

  async query<Row>(
    sql: string,
    parameters: readonly (string | number | readonly string[])[] = [],
  ): Promise<Row[]> {
    const [rows] = await this.connection.query<RowDataPacket[]>(sql, [...parameters]);
    return rows as Row[];
  }

  /** Rows of every table that holds people, orders, money or messages about them: `{ 'payment.orders_0': 3, … }`. */
  async rowCounts(): Promise<Record<string, number>> {
    const tables = [
      ...PAYMENT_TABLES.map((table) => `payment.${table}`),
      ...WALLET_TABLES.map((table) => `wallet.${table}`),
      ...IDENTITY_TABLES.map((table) => `identity.${table}`),
    ];
    // As text, like every BIGINT here.
    const [row = {}] = await this.query<Record<string, string>>(
      `SELECT ${tables.map((table) => `(SELECT COUNT(*) FROM \`clearbid_${table.replace('.', '`.`')}\`) AS \`${table}\``).join(', ')}`,
    );
    return Object.fromEntries(Object.entries(row).map(([table, count]) => [table, Number(count)]));
  }

  /** How many orders a merchant has, over all tables. */
  async orderCount(merchantId: string): Promise<number> {
    const counts = SHARDS.map(
      (shard) => `(SELECT COUNT(*) FROM \`clearbid_payment\`.\`orders_${shard}\` WHERE \`merchant_id\` = ?)`,
    );
    const [row] = await this.query<{ count: string }>(
      `SELECT ${counts.join(' + ')} AS count`,
      SHARDS.map(() => merchantId),
    );
    return Number(row?.count);
  }

  /** The shards whose tables have rows of a merchant. */
  async shardsOf(merchantId: string): Promise<number[]> {
    const found: number[] = [];
    for (const shard of SHARDS) {
      const [row] = await this.query<{ n: string }>(
        `SELECT (SELECT COUNT(*) FROM \`clearbid_payment\`.\`orders_${shard}\` WHERE \`merchant_id\` = ?)
              + (SELECT COUNT(*) FROM \`clearbid_payment\`.\`attempts_${shard}\` WHERE \`merchant_id\` = ?) AS n`,
        [merchantId, merchantId],
      );
      if (Number(row?.n) > 0) found.push(shard);
    }
    return found;
  }

  /** How many transfers an order has caused, and what they gave its merchant altogether, in micro-yuan. */
  async creditsOf(orderId: string): Promise<{ transfers: number; micros: string }> {
    const [row] = await this.query<{ transfers: string; micros: string }>(
      `SELECT COUNT(DISTINCT t.id) AS transfers, CAST(COALESCE(SUM(e.amount), 0) AS CHAR) AS micros
         FROM \`clearbid_wallet\`.\`transfer\` t
         JOIN \`clearbid_wallet\`.\`entry\` e ON e.transfer_id = t.id
         JOIN \`clearbid_wallet\`.\`account\` a ON a.id = e.account_id AND a.kind = 'merchant_cash'
        WHERE t.reference = ?`,
      [orderId],
    );
    return { transfers: Number(row?.transfers ?? 0), micros: row?.micros ?? '0' };
  }

  /** What the ledger has decided about an order; undefined while it has decided nothing. */
  async transferOf(orderId: string): Promise<{ status: string; result_code: string | null } | undefined> {
    const [row] = await this.query<{ status: string; result_code: string | null }>(
      'SELECT `status`, `result_code` FROM `clearbid_wallet`.`transfer` WHERE `reference` = ?',
      [orderId],
    );
    return row;
  }

  /** All that is stored about one order, but for when it is asked about next. */
  async orderOf(orderId: string): Promise<{ order: unknown; details: unknown; attempts: AttemptRow[] }> {
    for (const shard of SHARDS) {
      const [order] = await this.query(
        `SELECT * FROM \`clearbid_payment\`.\`orders_${shard}\` WHERE \`id\` = ?`,
        [orderId],
      );
      if (order === undefined) continue;
      const [details] = await this.query(
        `SELECT * FROM \`clearbid_payment\`.\`order_details_${shard}\` WHERE \`order_id\` = ?`,
        [orderId],
      );
      const attempts = await this.query<AttemptRow & { query_count?: unknown; next_query_at?: unknown }>(
        `SELECT * FROM \`clearbid_payment\`.\`attempts_${shard}\` WHERE \`order_id\` = ?`,
        [orderId],
      );
      return {
        order,
        details,
        attempts: attempts.map(({ query_count: _count, next_query_at: _next, ...row }) => row),
      };
    }
    throw new Error(`There is no order ${orderId} in any table`);
  }
}

export interface AttemptRow {
  readonly id: string;
  readonly state: string;
  readonly channel_trade_no: string | null;
  readonly paid_amount: string | null;
  readonly conflict_reason: string | null;
}
