import { type Invariant, ROW_LIMIT } from './invariant.js';
import { allOrders, movedOn, ofOrders } from './order-books.js';

/** What must hold of orders by themselves, and between the orders and the ledger. */
export const PAYMENT_INVARIANTS: readonly Invariant[] = [
  {
    name: 'paid orders have one payment',
    rule: 'an order that is PAID or CREDITED has exactly one SUCCEEDED attempt, of its own amount; another order has none',
    findOffenders: ofOrders(
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
    findOffenders: ofOrders(
      ({ orders, orderDetails, attempts }) =>
        `SELECT \`o\`.\`id\` AS \`order_id\`, \`d\`.\`attempt_id\` FROM \`${orders}\` AS \`o\`
           LEFT JOIN \`${orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
           LEFT JOIN \`${attempts}\` AS \`a\` ON \`a\`.\`id\` = \`d\`.\`attempt_id\` AND \`a\`.\`order_id\` = \`o\`.\`id\`
          WHERE \`a\`.\`id\` IS NULL`,
    ),
  },
  {
    name: 'credited is booked',
    rule: "each CREDITED order has one posted recharge in the ledger, which gave its merchant the order's amount and its bonus",
    findOffenders: ofOrders(
      ({ orders, orderDetails }, { wallet }) =>
        `SELECT \`o\`.\`id\` AS \`order_id\`, \`o\`.\`merchant_id\`, \`d\`.\`amount\`, \`t\`.\`id\` AS \`transfer_id\`, \`e\`.\`amount\` AS \`credited_amount\`
           FROM \`${orders}\` AS \`o\` JOIN \`${orderDetails}\` AS \`d\` ON \`d\`.\`order_id\` = \`o\`.\`id\`
           LEFT JOIN \`${wallet.schema}\`.\`transfer\` AS \`t\` ON \`t\`.\`scope\` = 'recharge' AND \`t\`.\`idempotency_key\` = CAST(\`o\`.\`id\` AS CHAR) AND \`t\`.\`status\` = 'posted'
           LEFT JOIN \`${wallet.schema}\`.\`account\` AS \`a\` ON \`a\`.\`code\` = CONCAT('merchant_cash:', \`o\`.\`merchant_id\`)
           LEFT JOIN \`${wallet.schema}\`.\`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`t\`.\`id\` AND \`e\`.\`account_id\` = \`a\`.\`id\`
          WHERE \`o\`.\`state\` = 'CREDITED' AND (\`t\`.\`id\` IS NULL OR \`d\`.\`transfer_id\` <> \`t\`.\`id\` OR \`e\`.\`amount\` IS NULL OR \`e\`.\`amount\` <> \`d\`.\`amount\` OR ${movedOn(wallet.schema, '`t`.`id`', 'merchant\\_bonus:%')} <> \`d\`.\`bonus_amount\`)`,
    ),
  },
  {
    name: 'booked was paid',
    rule: 'each posted recharge belongs to an order that is PAID or CREDITED',
    findOffenders: async ({ payment, wallet }) => {
      const known = allOrders(
        ({ orders }) =>
          `SELECT \`id\` FROM \`${payment.schema}\`.\`${orders}\` WHERE \`state\` IN ('PAID', 'CREDITED')`,
      );
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
    findOffenders: ofOrders(
      ({ attempts }, { wallet }) =>
        `SELECT \`a\`.\`id\` AS \`attempt_id\`, \`a\`.\`order_id\`, \`a\`.\`channel_trade_no\`, \`t\`.\`external_id\`
           FROM \`${attempts}\` AS \`a\`
           JOIN \`${wallet.schema}\`.\`transfer\` AS \`t\` ON \`t\`.\`scope\` = 'recharge' AND \`t\`.\`idempotency_key\` = CAST(\`a\`.\`order_id\` AS CHAR) AND \`t\`.\`status\` = 'posted'
          WHERE \`a\`.\`state\` = 'SUCCEEDED' AND (\`t\`.\`external_id\` IS NULL OR \`t\`.\`external_id\` <> CONCAT(\`a\`.\`channel\`, ':', \`a\`.\`channel_trade_no\`))`,
    ),
  },
];
