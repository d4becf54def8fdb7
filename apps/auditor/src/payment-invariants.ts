import { type ShardTables, allShards, tableNames } from '#libs/orders';
import { type Books, type Invariant, type OffendingRow, ROW_LIMIT } from './invariant.js';

/** Runs a statement over each order table; every one of them touches one shard only. */
const ofShards =
  (sql: (tables: ShardTables, books: Books) => string): Invariant['findOffenders'] =>
  async (books) => {
    const found: OffendingRow[] = [];
    for (const shard of allShards) {
      const statement = `${sql(tableNames(shard), books)} LIMIT ${ROW_LIMIT}`;
      found.push(...(await books.payment.query<OffendingRow>(statement)));
    }
    return found.slice(0, ROW_LIMIT);
  };

/** The clearing account of a channel against the payments that were booked to it, none of which is settled yet. */
async function clearingOffenders({ payment, wallet }: Books, channel: string): Promise<OffendingRow[]> {
  const payments = allShards
    .map(
      (shard) =>
        `SELECT \`order_id\`, \`paid_amount\` FROM \`${payment.schema}\`.\`${tableNames(shard).attempts}\` WHERE \`state\` = 'SUCCEEDED' AND \`channel\` = '${channel}'`,
    )
    .join(' UNION ALL ');
  return wallet.query(
    `SELECT \`c\`.\`code\`, \`c\`.\`posted\`, \`booked\`.\`paid\`, \`booked\`.\`fee\` FROM \`account\` AS \`c\`
       JOIN (SELECT COALESCE(SUM(\`p\`.\`paid_amount\`), 0) AS \`paid\`, COALESCE(SUM(\`f\`.\`amount\`), 0) AS \`fee\`
               FROM (${payments}) AS \`p\`
               JOIN \`transfer\` AS \`t\` ON \`t\`.\`scope\` = 'recharge' AND \`t\`.\`idempotency_key\` = CAST(\`p\`.\`order_id\` AS CHAR) AND \`t\`.\`status\` = 'posted'
               LEFT JOIN \`entry\` AS \`f\` ON \`f\`.\`transfer_id\` = \`t\`.\`id\` AND \`f\`.\`account_id\` = (SELECT \`id\` FROM \`account\` WHERE \`code\` = 'system:channel_fee')) AS \`booked\`
      WHERE \`c\`.\`code\` = 'system:${channel}_clearing' AND \`c\`.\`posted\` <> -\`booked\`.\`paid\` - \`booked\`.\`fee\``,
  );
}

/** What must hold of orders by themselves, and between the orders and the ledger. */
export const PAYMENT_INVARIANTS: readonly Invariant[] = [
  {
    name: 'paid orders have one payment',
    rule: 'an order that is PAID or CREDITED has exactly one SUCCEEDED attempt, of its own amount; another order has none',
    findOffenders: ofShards(
      ({ orders, orderDetails, attempts }) =>
        `SELECT \`o\`.\`id\` AS \`order_id\`, \`o\`.\`state\`, \`d\`.\`amount\`, COUNT(\`a\`.\`id\`) AS \`succeeded_attempts\`, MAX(\`a\`.\`paid_amount\`) AS \`paid_amount\`
           FROM \`${orders}\` AS \`o\` JOIN \`${orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
           LEFT JOIN \`${attempts}\` AS \`a\` ON \`a\`.\`order_id\` = \`o\`.\`id\` AND \`a\`.\`state\` = 'SUCCEEDED'
          GROUP BY \`o\`.\`id\`, \`o\`.\`state\`, \`d\`.\`amount\`
         HAVING (\`o\`.\`state\` IN ('PAID', 'CREDITED') AND (\`succeeded_attempts\` <> 1 OR \`paid_amount\` <> \`d\`.\`amount\`))
             OR (\`o\`.\`state\` NOT IN ('PAID', 'CREDITED') AND \`succeeded_attempts\` <> 0)`,
    ),
  },
  {
    name: 'orders have their details',
    rule: 'each order has its details and its attempt in the tables of its own shard',
    findOffenders: ofShards(
      ({ orders, orderDetails, attempts }) =>
        `SELECT \`o\`.\`id\` AS \`order_id\`, \`d\`.\`attempt_id\` FROM \`${orders}\` AS \`o\`
           LEFT JOIN \`${orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
           LEFT JOIN \`${attempts}\` AS \`a\` ON \`a\`.\`id\` = \`d\`.\`attempt_id\` AND \`a\`.\`order_id\` = \`o\`.\`id\`
          WHERE \`a\`.\`id\` IS NULL`,
    ),
  },
  {
    name: 'credited is booked',
    rule: "each CREDITED order has one posted recharge in the ledger, which gave its merchant the order's amount",
    findOffenders: ofShards(
      ({ orders, orderDetails }, { wallet }) =>
        `SELECT \`o\`.\`id\` AS \`order_id\`, \`o\`.\`merchant_id\`, \`d\`.\`amount\`, \`t\`.\`id\` AS \`transfer_id\`, \`e\`.\`amount\` AS \`credited_amount\`
           FROM \`${orders}\` AS \`o\` JOIN \`${orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
           LEFT JOIN \`${wallet.schema}\`.\`transfer\` AS \`t\` ON \`t\`.\`scope\` = 'recharge' AND \`t\`.\`idempotency_key\` = CAST(\`o\`.\`id\` AS CHAR) AND \`t\`.\`status\` = 'posted'
           LEFT JOIN \`${wallet.schema}\`.\`account\` AS \`a\` ON \`a\`.\`code\` = CONCAT('merchant_cash:', \`o\`.\`merchant_id\`)
           LEFT JOIN \`${wallet.schema}\`.\`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`t\`.\`id\` AND \`e\`.\`account_id\` = \`a\`.\`id\`
          WHERE \`o\`.\`state\` = 'CREDITED' AND (\`t\`.\`id\` IS NULL OR \`d\`.\`transfer_id\` <> \`t\`.\`id\` OR \`e\`.\`amount\` IS NULL OR \`e\`.\`amount\` <> \`d\`.\`amount\`)`,
    ),
  },
  {
    name: 'booked was paid',
    rule: 'each posted recharge belongs to an order that is PAID or CREDITED',
    findOffenders: async ({ payment, wallet }) => {
      const known = allShards
        .map(
          (shard) =>
            `SELECT \`id\` FROM \`${payment.schema}\`.\`${tableNames(shard).orders}\` WHERE \`state\` IN ('PAID', 'CREDITED')`,
        )
        .join(' UNION ALL ');
      return wallet.query(
        `SELECT \`t\`.\`id\` AS \`transfer_id\`, \`t\`.\`idempotency_key\` AS \`order_id\` FROM \`transfer\` AS \`t\`
           LEFT JOIN (${known}) AS \`o\` ON \`o\`.\`id\` = CAST(\`t\`.\`idempotency_key\` AS UNSIGNED)
          WHERE \`t\`.\`scope\` = 'recharge' AND \`t\`.\`status\` = 'posted' AND \`o\`.\`id\` IS NULL LIMIT ${ROW_LIMIT}`,
      );
    },
  },
  {
    name: 'one credit per trade',
    rule: "no trade of a channel was credited twice: a posted recharge names its trade, and its order's attempt names the same",
    findOffenders: ofShards(
      ({ attempts }, { wallet }) =>
        `SELECT \`a\`.\`id\` AS \`attempt_id\`, \`a\`.\`order_id\`, \`a\`.\`channel_trade_no\`, \`t\`.\`external_id\`
           FROM \`${attempts}\` AS \`a\`
           JOIN \`${wallet.schema}\`.\`transfer\` AS \`t\` ON \`t\`.\`scope\` = 'recharge' AND \`t\`.\`idempotency_key\` = CAST(\`a\`.\`order_id\` AS CHAR) AND \`t\`.\`status\` = 'posted'
          WHERE \`a\`.\`state\` = 'SUCCEEDED' AND (\`t\`.\`external_id\` IS NULL OR \`t\`.\`external_id\` <> CONCAT(\`a\`.\`channel\`, ':', \`a\`.\`channel_trade_no\`))`,
    ),
  },
  {
    name: 'clearing is what channels owe us',
    rule: "each channel's clearing account is the sum of its booked payments less its fees",
    findOffenders: async (books) => [
      ...(await clearingOffenders(books, 'alipay')),
      ...(await clearingOffenders(books, 'wechat')),
    ],
  },
];
