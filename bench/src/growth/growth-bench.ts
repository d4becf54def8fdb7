import { createConnection } from 'mysql2/promise';
import { fill } from '../fill/fill.js';
import { seededRandom } from '../fill/population.js';
import { type PaymentParts, migratePayment, openPayment } from '../payment-parts.js';
import { OPERATIONS, type Operation, type Sample, prepare } from './operations.js';

export interface GrowthOptions {
  /** A server of the bench's own, `mysql://…`. */
  readonly mysqlUrl: string;
  readonly smallOrders: number;
  readonly largeOrders: number;
  /** Operations of each kind in each round. */
  readonly perRound: number;
  readonly rounds: number;
  readonly onProgress: (text: string) => void;
}

export interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface GrowthFigures {
  readonly smallOrders: number;
  readonly largeOrders: number;
  readonly filledPerSecond: number;
  readonly operations: Readonly<
    Record<
      Operation,
      {
        readonly small: Latency;
        readonly large: Latency;
        readonly ratioP50: number;
        readonly ratioP99: number;
      }
    >
  >;
}

/** As many orders a merchant as the filler's usual million has for its 20,000: a page of a list has as many rows on either side. */
const ORDERS_PER_MERCHANT = 100;
const MOST_MERCHANTS = 20_000;
/** Not counted: the server has just been started or filled, and a service that has run for a day has its pages in memory. */
const WARM_UP_ROUNDS = 5;
/** Buyers at once: enough to keep a small machine busy, too few for a queue in front of the database. */
const CONCURRENCY = 4;

/**
 * What creating, settling, reading and listing orders take with few and with many orders in the tables. Both schemas are
 * on one server and take turns, so that whatever else the machine does hits both.
 */
export async function benchGrowth(options: GrowthOptions): Promise<GrowthFigures> {
  const { mysqlUrl, smallOrders, largeOrders, onProgress } = options;
  await filled(mysqlUrl, 'growth_small_payment', smallOrders, onProgress);
  const filledPerSecond = await filled(mysqlUrl, 'growth_large_payment', largeOrders, onProgress);
  const sides = {
    small: await openSide(mysqlUrl, 'growth_small_payment', smallOrders),
    large: await openSide(mysqlUrl, 'growth_large_payment', largeOrders),
  };
  try {
    for (let round = 1 - WARM_UP_ROUNDS; round <= options.rounds; round += 1) {
      onProgress(round <= 0 ? 'warming up' : `round ${round} of ${options.rounds}`);
      for (const side of [sides.small, sides.large]) {
        const latencies = await runRound(side, options.perRound);
        if (round > 0)
          for (const operation of OPERATIONS) side.latencies[operation].push(...latencies[operation]);
      }
    }
  } finally {
    await Promise.all([sides.small.parts.close(), sides.large.parts.close()]);
  }
  const operations = Object.fromEntries(
    OPERATIONS.map((operation) => {
      const [small, large] = [
        latencyOf(sides.small.latencies[operation]),
        latencyOf(sides.large.latencies[operation]),
      ];
      return [
        operation,
        { small, large, ratioP50: large.p50Ms / small.p50Ms, ratioP99: large.p99Ms / small.p99Ms },
      ];
    }),
  ) as GrowthFigures['operations'];
  return { smallOrders, largeOrders, filledPerSecond, operations };
}

interface Side {
  readonly parts: PaymentParts;
  readonly sample: Sample;
  readonly latencies: Record<Operation, number[]>;
}

async function openSide(url: string, schema: string, orders: number): Promise<Side> {
  const parts = await openPayment(url, schema);
  const sample = await prepare(parts, merchantsOf(orders), seededRandom(99));
  return { parts, sample, latencies: emptyLatencies() };
}

async function runRound({ parts, sample }: Side, perRound: number): Promise<Record<Operation, number[]>> {
  const latencies = emptyLatencies();
  for (const operation of OPERATIONS) {
    let left = perRound;
    const worker = async () => {
      while (left > 0) {
        left -= 1;
        const startedMs = performance.now();
        await sample[operation](parts);
        latencies[operation].push(performance.now() - startedMs);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  }
  return latencies;
}

const merchantsOf = (orders: number) => Math.min(MOST_MERCHANTS, Math.ceil(orders / ORDERS_PER_MERCHANT));

/** @returns orders a second; 0 when the schema had them already. */
async function filled(
  url: string,
  schema: string,
  orders: number,
  onProgress: (text: string) => void,
): Promise<number> {
  await migratePayment(url, schema);
  const connection = await createConnection({ uri: url, database: schema });
  const [rows] = await connection.query('SELECT 1 FROM `orders_0` LIMIT 1');
  await connection.end();
  if ((rows as unknown[]).length > 0) return 0;
  const figures = await fill({
    url,
    schema,
    orders,
    merchants: merchantsOf(orders),
    onProgress: (done) => onProgress(`filling ${schema}: ${done.toLocaleString('en')} orders`),
  });
  return figures.ordersPerSecond;
}

function emptyLatencies(): Record<Operation, number[]> {
  return { create: [], settle: [], read: [], list: [] };
}

function latencyOf(samples: number[]): Latency {
  const sorted = samples.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}
