import { EPOCH_MS, encodeId } from '#libs/ids';
import type { PaymentChannel } from '#libs/payments';
import { NO_CREDENTIAL } from '../../../apps/payment/src/attempts/new-attempt.js';
import { type ShardPopulation, populate } from '../fill/population.js';
import type { PaymentParts } from '../payment-parts.js';

export const OPERATIONS = ['create', 'settle', 'read', 'list'] as const;
export type Operation = (typeof OPERATIONS)[number];
/** One operation each, on what nobody has just touched. */
export type Sample = Readonly<Record<Operation, (parts: PaymentParts) => Promise<unknown>>>;

const AMOUNT = 50_000_000n;
const EXPIRY_MS = 30 * 60_000;
const DAYS = 90;
const DAY_MS = 86_400_000;
const SAMPLED_IDS = 4_000;
/** All that settling asks of a channel. */
const channel = {
  name: 'alipay',
  accountId: 'alipay-main',
  feeOf: (amount: bigint) => (amount * 60n) / 10_000n,
} as unknown as PaymentChannel;

/**
 * Merchants by how much they buy. Orders are read as people read them: mostly those of the last days, sometimes an old
 * one. Half of the lists are first pages, a quarter of them narrowed by state; the other half go on from somewhere.
 */
export async function prepare(parts: PaymentParts, merchants: number, random: () => number): Promise<Sample> {
  const populations = populate(1_000_000, merchants);
  const merchant = () =>
    (populations[Math.floor(random() * populations.length)] as ShardPopulation).pick(random()).id;
  const known = await sampleIds(parts, random);
  const unpaid: string[] = [];
  let trades = Date.now() * 1_000;
  return {
    create: async ({ ids, orders }) => {
      const order = newOrder(ids, merchant());
      await orders.insert(order);
      unpaid.push(order.attempt.id);
    },
    settle: ({ settlement }) => {
      const outTradeNo = unpaid.pop();
      if (outTradeNo === undefined) throw new Error('More settled than created');
      trades += 1;
      const trade = {
        state: 'PAID',
        channelTradeNo: `B${trades}`,
        amount: AMOUNT,
        paidAt: new Date(),
      } as const;
      return settlement.settle({ outTradeNo, trade, channel, mismatches: [], source: 'notify' });
    },
    read: ({ orders }) => orders.findById(known[Math.floor(random() * known.length)] ?? ''),
    list: ({ orders }) => {
      const [isFirst, byState] = [random() < 0.5, random() < 0.25];
      const beforeId = isFirst ? undefined : idAt(ageMs(random));
      return orders.list(merchant(), { beforeId, ...(byState ? { state: 'CREDITED' } : {}) }, 20);
    },
  };
}

/** Half of them younger than six days. */
function ageMs(random: () => number): number {
  return DAYS * DAY_MS * random() ** 4;
}

function idAt(ageInMs: number): string {
  return encodeId(Math.max(EPOCH_MS, Math.floor(Date.now() - ageInMs)), 0, 0, 0).toString();
}

async function sampleIds({ shards }: PaymentParts, random: () => number): Promise<string[]> {
  const found: string[] = [];
  for (let index = 0; index < SAMPLED_IDS; index += 1) {
    const { database, tables } = shards.all[index % shards.all.length] ?? shards.ofId('0');
    const [row] = await database.query<{ id: string }>(
      `SELECT \`id\` FROM \`${tables.orders}\` WHERE \`id\` <= ? ORDER BY \`id\` DESC LIMIT 1`,
      [idAt(ageMs(random) + 2 * 3_600_000)],
    );
    if (row) found.push(row.id);
  }
  return found;
}

function newOrder(ids: PaymentParts['ids'], merchantId: string) {
  const id = ids.orderId(merchantId);
  const createdAt = new Date();
  const expiresAt = new Date(createdAt.getTime() + EXPIRY_MS);
  const attempt = {
    id: ids.attemptId(id),
    orderId: id,
    merchantId,
    state: 'PENDING',
    channel: 'alipay',
    accountId: 'alipay-main',
    method: 'page',
    amount: AMOUNT,
    payer: {},
    credential: { ...NO_CREDENTIAL, payUrl: 'https://pay.example/page' },
    nextQueryAt: new Date(createdAt.getTime() + 10_000),
    expiresAt,
    createdAt,
  } as const;
  return {
    id,
    merchantId,
    state: 'PAYING',
    idempotencyKey: `bench-${id}`,
    requestHash: Buffer.alloc(32, 7),
    amount: AMOUNT,
    subject: 'Clearbid recharge 50.00 CNY',
    createdAt,
    expiresAt,
    offer: null,
    attempt,
  } as const;
}
