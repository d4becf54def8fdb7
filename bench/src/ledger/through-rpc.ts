import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { payment, wallet } from '#libs/contracts';
import { EventPublisher, RpcClient } from '#libs/transport';
import { CpuWatch, type CpuShare } from './cpu-time.js';
import { type Latencies, latenciesOf, runConcurrently } from '../recharge/figures.js';

export interface RpcLedgerFigures extends Latencies {
  readonly perSecond: number;
}

export interface RpcLedgerReport {
  readonly loads: Record<Heat, RpcLedgerFigures>;
  /** Over all rounds of both loads; empty where it can't be told. */
  readonly cpu: readonly CpuShare[];
  readonly postings: number;
}

type Heat = 'hot' | 'cold';

/** Each with a budget that is not used up. */
const CAMPAIGNS = 1_000;
const ROUNDS = 3;
const POSTINGS_PER_ROUND = 30_000;
/** As the ad service settles its windows: many spends in one message, several messages at a time. */
const SPENDS_PER_CALL = 100;
const CALLS_AT_ONCE = 20;
const BUDGET = 1_000_000_000_000n;
const AMOUNT = 10_000n;
const DAY = '2026-11-20';
const CREDIT_TIMEOUT_MS = 30_000;

/**
 * Spends through the running platform's wallet: over Redis, decided there, committed, told of in its outbox. `hot`: every one of
 * them credits one account of one owner; `cold`: each credits another.
 *
 * @param processes ids of the platform's processes and servers, by name: whose time on the CPU is told.
 */
export async function benchLedgerThroughRpc(
  redisUrl: string,
  processes: Readonly<Record<string, number>>,
): Promise<RpcLedgerReport> {
  const client = new RpcClient({ redis: redisUrl, timeoutMs: 60_000 });
  await client.connect();
  try {
    const merchantId = String(randomInt(1_000_000, 2 ** 40));
    await fund(redisUrl, client, merchantId);
    const campaigns = Array.from({ length: CAMPAIGNS }, (_, index) => `${merchantId}${index + 1_000}`);
    await runConcurrently(CAMPAIGNS, 100, async (index) => {
      const campaignId = campaigns[index] ?? '';
      const key = `hold:${campaignId}`;
      await client.call(wallet.holdBudget, { key, merchantId, campaignId, cash: BUDGET, bonus: 0n });
    });
    const measure = (heat: Heat) => median(client, merchantId, campaigns, heat);
    const watch = new CpuWatch({ ...processes, 'this load': process.pid });
    const loads = { hot: await measure('hot'), cold: await measure('cold') };
    return { loads, cpu: watch.shares(), postings: 2 * ROUNDS * POSTINGS_PER_ROUND };
  } finally {
    await client.close();
  }
}

/** A paid recharge, as payment tells of one: the wallet believes what it hears from its own kind. */
async function fund(redisUrl: string, client: RpcClient, merchantId: string): Promise<void> {
  const publisher = new EventPublisher({ redis: redisUrl });
  await publisher.connect();
  await publisher.publish(payment.orderPaid, {
    orderId: merchantId,
    attemptId: merchantId,
    merchantId,
    amount: BUDGET * BigInt(CAMPAIGNS),
    fee: 0n,
    bonus: 0n,
    channel: 'alipay',
    channelTradeNo: `bench-${merchantId}`,
    paidAt: new Date(),
  });
  await publisher.close();
  for (const deadline = Date.now() + CREDIT_TIMEOUT_MS; ;) {
    const { accounts } = await client.call(wallet.getWallet, { ownerId: merchantId });
    if (accounts.some(({ posted }) => posted > 0n)) return;
    if (Date.now() > deadline) throw new Error('The wallet has not credited the merchant of the bench');
    await delay(50);
  }
}

/** Of each figure the median over all rounds: one disturbed round does not count. */
async function median(
  client: RpcClient,
  merchantId: string,
  campaigns: readonly string[],
  heat: Heat,
): Promise<RpcLedgerFigures> {
  const rounds: RpcLedgerFigures[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    rounds.push(await load(client, merchantId, campaigns, heat, round));
  const of = (figure: (round: RpcLedgerFigures) => number) =>
    rounds.map(figure).toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
  };
}

async function load(
  client: RpcClient,
  merchantId: string,
  campaigns: readonly string[],
  heat: Heat,
  round: number,
): Promise<RpcLedgerFigures> {
  const took: number[] = [];
  const calls = POSTINGS_PER_ROUND / SPENDS_PER_CALL;
  const startedAt = performance.now();
  await runConcurrently(calls, CALLS_AT_ONCE, async (call) => {
    const spends = Array.from({ length: SPENDS_PER_CALL }, (_, index): wallet.Spend => {
      const number = call * SPENDS_PER_CALL + index;
      const campaignId = campaigns[(number * 7_919) % CAMPAIGNS] ?? '';
      return {
        key: `${heat}${round}:${campaignId}:${number}`,
        merchantId,
        campaignId,
        trafficOwnerId:
          heat === 'hot' ? merchantId : String(BigInt(merchantId) + BigInt(number % 10_000) + 1n),
        day: DAY,
        amount: AMOUNT,
        ownerShareBps: 7_000,
      };
    });
    const sentAt = performance.now();
    await post(client, spends);
    took.push(performance.now() - sentAt);
  });
  const perSecond = POSTINGS_PER_ROUND / ((performance.now() - startedAt) / 1_000);
  return { perSecond, ...latenciesOf(took) };
}

/** As the ad service would: what is not decided is asked for again under the same key. */
async function post(client: RpcClient, spends: readonly wallet.Spend[]): Promise<void> {
  let open = [...spends];
  while (open.length > 0) {
    const { outcomes } = await client.call(wallet.postSpends, { spends: open });
    const refused = outcomes.find(({ refusal }) => refusal !== null && refusal !== 'UNAVAILABLE');
    if (refused) throw new Error(`A spend was refused: ${refused.refusal}`);
    open = open.filter((_, index) => outcomes[index]?.refusal === 'UNAVAILABLE');
  }
}
