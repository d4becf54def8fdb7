import type { payment } from '#libs/contracts';
import type { Books } from '../../e2e/support/books.js';

const SHARDS = [0, 1, 2, 3];

export interface OurOrder {
  readonly id: string;
  readonly merchantId: string;
  readonly state: payment.OrderState;
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly refunding: bigint;
  readonly bonus: bigint;
  readonly clawedBack: bigint;
  readonly paidLate: boolean;
  /** Transfers in the ledger by which it was credited. */
  readonly credits: number;
  readonly attempts: readonly OurAttempt[];
  readonly refunds: readonly OurRefund[];
}

export interface OurAttempt {
  readonly id: string;
  readonly orderId: string;
  readonly state: payment.AttemptState;
  readonly amount: bigint;
}

export interface OurRefund {
  readonly id: string;
  readonly orderId: string;
  readonly attemptId: string;
  readonly kind: payment.RefundKind;
  readonly state: payment.RefundState;
  readonly problem: payment.RefundProblem | null;
  readonly amount: bigint;
}

/** What is not decided, or not booked, or would be asked again. An abnormal refund waits for a person. */
const PENDING: readonly (readonly [string, (shard: number) => string])[] = [
  ['orders', (shard) => `\`orders_${shard}\` WHERE \`state\` NOT IN ('CREDITED', 'CLOSED')`],
  ['attempts', (shard) => `\`attempts_${shard}\` WHERE \`state\` IN ('CREATED', 'PENDING')`],
  [
    'last looks',
    (shard) =>
      `\`attempts_${shard}\` WHERE \`state\` IN ('CLOSED', 'FAILED') AND \`next_query_at\` IS NOT NULL`,
  ],
  [
    'refunds',
    (shard) =>
      `\`refunds_${shard}\` WHERE \`state\` IN ('REQUESTED', 'PROCESSING') AND COALESCE(\`problem\`, '') <> 'ABNORMAL'`,
  ],
  [
    'refunds to book',
    (shard) =>
      `\`refunds_${shard}\` WHERE \`state\` IN ('SUCCEEDED', 'FAILED') AND \`next_action_at\` IS NOT NULL`,
  ],
];

interface Grouped {
  readonly orders: readonly Row[];
  readonly attempts: readonly Row[];
  readonly refunds: readonly Row[];
  readonly credits: readonly Row[];
}

type Row = Readonly<Record<string, string | null>>;

/** What the platform has stored, read past the platform. */
export class OurBook {
  constructor(private readonly books: Books) {}

  /** How much of each kind is still under way; empty when nothing is. */
  async pending(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [what, where] of PENDING) {
      const sums = SHARDS.map((shard) => `(SELECT COUNT(*) FROM \`clearbid_payment\`.${where(shard)})`);
      const [row] = await this.books.query<{ count: string }>(`SELECT ${sums.join(' + ')} AS count`);
      if (Number(row?.count) > 0) counts[what] = Number(row?.count);
    }
    return counts;
  }

  async letTimePass(): Promise<void> {
    for (const shard of SHARDS) {
      await this.books.query(
        `UPDATE \`clearbid_payment\`.\`refunds_${shard}\` SET \`next_action_at\` = UTC_TIMESTAMP(3)
          WHERE \`next_action_at\` > UTC_TIMESTAMP(3) AND \`state\` = 'PROCESSING' AND COALESCE(\`problem\`, '') <> 'ABNORMAL'`,
      );
    }
  }

  async orders(): Promise<OurOrder[]> {
    const rows: Grouped = {
      orders: await this.overShards(
        (shard) =>
          `SELECT o.id, o.merchant_id, o.state, d.amount, d.refunded_amount, d.refunding_amount, d.bonus_amount, d.clawed_back_amount, d.paid_late
             FROM \`clearbid_payment\`.\`orders_${shard}\` o JOIN \`clearbid_payment\`.\`order_details_${shard}\` d ON d.order_id = o.id`,
      ),
      attempts: await this.overShards(
        (shard) => `SELECT id, order_id, state, amount FROM \`clearbid_payment\`.\`attempts_${shard}\``,
      ),
      refunds: await this.overShards(
        (shard) =>
          `SELECT id, order_id, attempt_id, kind, state, problem, amount FROM \`clearbid_payment\`.\`refunds_${shard}\``,
      ),
      credits: await this.books.query<Row>(
        "SELECT reference, COUNT(*) AS count FROM `clearbid_wallet`.`transfer` WHERE `kind` = 'recharge' AND `status` = 'posted' GROUP BY reference",
      ),
    };
    return assemble(rows);
  }

  private async overShards(sqlOf: (shard: number) => string): Promise<Row[]> {
    const found: Row[] = [];
    for (const shard of SHARDS) found.push(...(await this.books.query<Row>(sqlOf(shard))));
    return found;
  }
}

function assemble({ orders, attempts, refunds, credits }: Grouped): OurOrder[] {
  const attemptsOf = groupBy(attempts.map(attemptOf), ({ orderId }) => orderId);
  const refundsOf = groupBy(refunds.map(refundOf), ({ orderId }) => orderId);
  const creditsOf = new Map(credits.map(({ reference, count }) => [reference, Number(count)]));
  return orders.map((row) => {
    const id = row['id'] ?? '';
    return {
      id,
      merchantId: row['merchant_id'] ?? '',
      state: row['state'] as payment.OrderState,
      amount: BigInt(row['amount'] ?? 0),
      refunded: BigInt(row['refunded_amount'] ?? 0),
      refunding: BigInt(row['refunding_amount'] ?? 0),
      bonus: BigInt(row['bonus_amount'] ?? 0),
      clawedBack: BigInt(row['clawed_back_amount'] ?? 0),
      paidLate: Number(row['paid_late']) === 1,
      credits: creditsOf.get(id) ?? 0,
      attempts: attemptsOf.get(id) ?? [],
      refunds: refundsOf.get(id) ?? [],
    };
  });
}

const attemptOf = (row: Row): OurAttempt => ({
  id: row['id'] ?? '',
  orderId: row['order_id'] ?? '',
  state: row['state'] as payment.AttemptState,
  amount: BigInt(row['amount'] ?? 0),
});

const refundOf = (row: Row): OurRefund => ({
  id: row['id'] ?? '',
  orderId: row['order_id'] ?? '',
  attemptId: row['attempt_id'] ?? '',
  kind: row['kind'] as payment.RefundKind,
  state: row['state'] as payment.RefundState,
  problem: row['problem'] as payment.RefundProblem | null,
  amount: BigInt(row['amount'] ?? 0),
});

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item)) ?? [];
    if (group.length === 0) groups.set(keyOf(item), group);
    group.push(item);
  }
  return groups;
}
