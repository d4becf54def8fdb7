import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { type Connection, createConnection } from 'mysql2/promise';
import { type Shard, tableNames } from '#libs/orders';
import { LOADED, type OrderLines, OrderWriter } from './order-lines.js';
import { type ShardPopulation, populate, seededRandom } from './population.js';

export interface FillOptions {
  /** `mysql://…`, without a schema. */
  readonly url: string;
  /** Migrated, and of no use to anybody else. */
  readonly schema: string;
  readonly orders: number;
  readonly merchants?: number;
  readonly days?: number;
  /** When the youngest order was made; an hour ago by default. */
  readonly until?: Date;
  /** All orders to this one of our Alipay accounts; to several of both channels by default. */
  readonly accountId?: string;
  readonly onProgress?: (orders: number) => void;
}

export interface FillFigures {
  readonly orders: number;
  readonly rows: number;
  readonly seconds: number;
  readonly ordersPerSecond: number;
}

const PARTS = ['orders', 'orderDetails', 'attempts', 'refunds'] as const;
const CHUNK_CHARACTERS = 256 * 1_024;
const DAY_MS = 86_400_000;
/**
 * Rows come in the order of their keys and are right by construction. MariaDB (from 10.7) loads an empty table by sorting
 * each index once when these are off; and what can be filled again needs no binary log.
 */
const SESSION = ['SET unique_checks = 0', 'SET foreign_key_checks = 0', "SET time_zone = '+00:00'"];

/** Fills the payment schema with orders that have ended, shard after shard, each table by one `LOAD DATA`. */
export async function fill(options: FillOptions): Promise<FillFigures> {
  const startedMs = performance.now();
  let [orders, rows] = [0, 0];
  for (const population of populate(options.orders, options.merchants ?? 20_000)) {
    const before = orders;
    const loaded = await fillShard(options, population, (done) => options.onProgress?.(before + done));
    rows += loaded;
    orders += population.orders;
    options.onProgress?.(orders);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  return { orders, rows, seconds, ordersPerSecond: orders / seconds };
}

async function fillShard(
  options: FillOptions,
  population: ShardPopulation,
  onProgress: (orders: number) => void,
): Promise<number> {
  const loads = await Promise.all(PARTS.map((part) => Load.start(options, population.shard, part)));
  try {
    // Whoever is refused by the server ends all of them: otherwise the writer would wait for a drain that never comes.
    const failed = Promise.race(loads.map((load) => load.finished)).then(() => undefined);
    await Promise.race([writeOrders(options, population, loads, onProgress), failed]);
    for (const load of loads) load.end();
    const counts = await Promise.all(loads.map((load) => load.finished));
    return counts.reduce((sum, count) => sum + count, 0);
  } finally {
    await Promise.all(loads.map((load) => load.close()));
  }
}

async function writeOrders(
  { days = 90, until = new Date(Date.now() - 3_600_000), accountId }: FillOptions,
  { shard, orders, pick }: ShardPopulation,
  loads: readonly Load[],
  onProgress: (orders: number) => void,
): Promise<void> {
  const random = seededRandom(4_711 + shard);
  const writer = new OrderWriter(random, accountId);
  const fromMs = until.getTime() - days * DAY_MS;
  const spanMs = days * DAY_MS;
  let [lastMs, sequence] = [0, 0];
  for (let index = 0; index < orders; index += 1) {
    const atMs = fromMs + Math.floor((index * spanMs) / orders);
    sequence = atMs === lastMs ? sequence + 1 : Math.floor(random() * 16);
    lastMs = atMs;
    const lines = writer.write(atMs, sequence, pick(random()));
    let isFull = false;
    for (const load of loads) isFull = load.add(lines) || isFull;
    if (!isFull) continue;
    await Promise.all(loads.map((load) => load.drained()));
    onProgress(index);
  }
}

/** One table being loaded. */
class Load {
  private waiting = '';
  private readonly stream = new PassThrough({ highWaterMark: 4 * CHUNK_CHARACTERS });
  readonly finished: Promise<number>;

  private constructor(
    private readonly connection: Connection,
    private readonly part: keyof OrderLines,
    table: string,
  ) {
    const { columns, set } = LOADED[part];
    this.finished = this.run(
      `LOAD DATA LOCAL INFILE 'orders' INTO TABLE \`${table}\` CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' LINES TERMINATED BY '\\n' (${columns}) ${set === '' ? '' : `SET ${set}`}`,
    );
    // Told through `finished`; the stream's own end by a failed query is no second error.
    this.finished.catch(() => this.stream.destroy());
  }

  static async start({ url, schema }: FillOptions, shard: Shard, part: keyof OrderLines): Promise<Load> {
    const connection = await createConnection({ uri: url, database: schema });
    for (const statement of SESSION) await connection.query(statement);
    // Not everybody may; without it the load is only slower.
    await connection.query('SET SESSION sql_log_bin = 0').catch(() => undefined);
    return new Load(connection, part, tableNames(shard)[part]);
  }

  /** @returns true when it is time to wait. */
  add(lines: OrderLines): boolean {
    this.waiting += lines[this.part];
    if (this.waiting.length < CHUNK_CHARACTERS) return false;
    this.flush();
    return this.stream.writableNeedDrain;
  }

  async drained(): Promise<void> {
    if (this.stream.writableNeedDrain) await Promise.race([once(this.stream, 'drain'), this.finished]);
  }

  end(): void {
    this.flush();
    this.stream.end();
  }

  close(): Promise<void> {
    this.stream.destroy();
    return this.connection.end();
  }

  private flush(): void {
    if (this.waiting !== '') this.stream.write(this.waiting);
    this.waiting = '';
  }

  private async run(sql: string): Promise<number> {
    const [result] = await this.connection.query({ sql, infileStreamFactory: () => this.stream });
    return (result as { affectedRows: number }).affectedRows;
  }
}
