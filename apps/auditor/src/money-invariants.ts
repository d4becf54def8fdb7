import { type Books, type Invariant, type OffendingRow, ROW_LIMIT } from './invariant.js';
import { allOrders, joinTransfer, longAgo, movedOn, ofOrders } from './order-books.js';

/** Sums over the payment service's rows that the ledger has booked, each as a scalar subquery for the wallet's schema. */
const sumOf = (amount: string, rows: string, scope: string, condition = 'TRUE') =>
  `(SELECT COALESCE(SUM(\`p\`.\`${amount}\`), 0) FROM (${rows}) AS \`p\` JOIN \`transfer\` AS \`t\` ON \`t\`.\`scope\` = '${scope}' AND \`t\`.\`idempotency_key\` = CAST(\`p\`.\`key_id\` AS CHAR) AND \`t\`.\`status\` = 'posted' WHERE ${condition})`;

const paidAttempts = (schema: string, states: string, key: string, where = 'TRUE') =>
  allOrders(
    ({ attempts }) =>
      `SELECT \`${key}\` AS \`key_id\`, \`paid_amount\` FROM \`${schema}\`.\`${attempts}\` WHERE \`state\` IN (${states}) AND ${where}`,
  );

const succeededRefunds = (schema: string, where: string) =>
  allOrders(
    ({ refunds }) =>
      `SELECT \`id\` AS \`key_id\`, \`amount\`, \`bonus_amount\` FROM \`${schema}\`.\`${refunds}\` WHERE \`state\` = 'SUCCEEDED' AND ${where}`,
  );

/** What transfers of these kinds did to an account, in the ledger's own words. */
const entriesOf = (code: string, kinds: string) =>
  `(SELECT COALESCE(SUM(\`e\`.\`amount\`), 0) FROM \`transfer\` AS \`k\` JOIN \`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`k\`.\`id\` JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\` WHERE \`k\`.\`kind\` IN (${kinds}) AND \`a\`.\`code\` = '${code}')`;

/** What moves between clearing and our bank, or to payees; `operator-invariants` and `hold-invariants` prove them one by one. */
const SETTLED = "'channel_settlement', 'withdrawal_paid', 'withdrawal_returned'";

const UNOWNED = "'DUPLICATED', 'CONFLICTED'";

async function clearingOffenders({ payment, wallet }: Books, channel: string): Promise<OffendingRow[]> {
  const at = `\`channel\` = '${channel}'`;
  const clearing = `system:${channel}_clearing`;
  const fees = `(SELECT COALESCE(SUM(\`f\`.\`amount\`), 0) FROM \`transfer\` AS \`k\` JOIN \`entry\` AS \`c\` ON \`c\`.\`transfer_id\` = \`k\`.\`id\` JOIN \`account\` AS \`ca\` ON \`ca\`.\`id\` = \`c\`.\`account_id\` AND \`ca\`.\`code\` = '${clearing}' JOIN \`entry\` AS \`f\` ON \`f\`.\`transfer_id\` = \`k\`.\`id\` JOIN \`account\` AS \`fa\` ON \`fa\`.\`id\` = \`f\`.\`account_id\` AND \`fa\`.\`code\` = 'system:channel_fee' WHERE \`k\`.\`kind\` IN ('recharge', 'unowned', 'fee_correction'))`;
  return wallet.query(
    `SELECT * FROM (SELECT \`code\`, \`posted\`,
        ${sumOf('paid_amount', paidAttempts(payment.schema, "'SUCCEEDED'", 'order_id', at), 'recharge')} AS \`paid\`,
        ${sumOf('paid_amount', paidAttempts(payment.schema, UNOWNED, 'id', at), 'unowned')} AS \`unowned\`,
        ${fees} AS \`fees\`,
        ${sumOf('amount', succeededRefunds(payment.schema, `${at} AND \`kind\` = 'merchant'`), 'refund_settlement', "`t`.`kind` = 'refund'")} AS \`refunded\`,
        ${sumOf('amount', succeededRefunds(payment.schema, `${at} AND \`kind\` <> 'merchant'`), 'unowned_refund')} AS \`given_back\`,
        ${entriesOf(clearing, "'write_off'")} AS \`written_off\`,
        ${entriesOf(clearing, SETTLED)} AS \`settled\`
       FROM \`account\` WHERE \`code\` = '${clearing}') AS \`c\`
      WHERE \`posted\` <> -\`paid\` - \`unowned\` - \`fees\` + \`refunded\` + \`given_back\` + \`written_off\` + \`settled\``,
  );
}

/** What must hold of the platform's own accounts, by what the payment service knows of the money in them. */
export const MONEY_INVARIANTS: readonly Invariant[] = [
  {
    name: 'clearing is what channels owe us',
    rule: "each channel's clearing account is its booked payments, of orders and of nobody, less fees, refunds, write-offs, settlements and payouts",
    findOffenders: async (books) => [
      ...(await clearingOffenders(books, 'alipay')),
      ...(await clearingOffenders(books, 'wechat')),
    ],
  },
  {
    name: 'unowned money is in suspense',
    rule: 'what was paid twice or not as asked is booked, once and in full',
    findOffenders: ofOrders(
      ({ attempts }, { wallet: { schema } }) =>
        `SELECT \`p\`.\`id\` AS \`attempt_id\`, \`p\`.\`state\`, \`p\`.\`paid_amount\`, \`t\`.\`id\` AS \`transfer_id\`
           FROM \`${attempts}\` AS \`p\` LEFT JOIN ${joinTransfer(schema, 't', 'unowned', '`p`.`id`')}
          WHERE \`p\`.\`state\` IN (${UNOWNED})
            AND ((\`t\`.\`id\` IS NULL AND ${longAgo('p')})
             OR (\`t\`.\`id\` IS NOT NULL AND ${movedOn(schema, '`t`.`id`', 'system:suspense')} <> \`p\`.\`paid_amount\`))`,
    ),
  },
  {
    name: 'suspense is what nobody has back',
    rule: "the suspense account is the buyers' money that pays no order, less what was given back of it, and what corrections stand against",
    findOffenders: ({ payment: { schema }, wallet }) =>
      wallet.query(
        `SELECT * FROM (SELECT \`code\`, \`posted\`,
            ${sumOf('paid_amount', paidAttempts(schema, UNOWNED, 'id'), 'unowned')} AS \`unowned\`,
            ${sumOf('amount', succeededRefunds(schema, "`kind` <> 'merchant'"), 'unowned_refund')} AS \`given_back\`,
            ${entriesOf('system:suspense', "'adjustment'")} AS \`corrected\`
           FROM \`account\` WHERE \`code\` = 'system:suspense') AS \`s\`
          WHERE \`posted\` <> \`unowned\` - \`given_back\` + \`corrected\` LIMIT ${ROW_LIMIT}`,
      ),
  },
  {
    name: 'bonus is granted less clawed back',
    rule: 'what bonuses have cost us is what orders were granted, less what their refunds have taken back, and what operators granted and ended',
    findOffenders: ({ payment: { schema }, wallet }) =>
      wallet.query(
        `SELECT * FROM (SELECT \`code\`, \`posted\`,
            ${sumOf(
              'bonus_amount',
              allOrders(
                ({ orderDetails }) =>
                  `SELECT \`order_id\` AS \`key_id\`, \`bonus_amount\` FROM \`${schema}\`.\`${orderDetails}\` WHERE \`bonus_amount\` > 0`,
              ),
              'recharge',
            )} AS \`granted\`,
            ${sumOf('bonus_amount', succeededRefunds(schema, "`kind` = 'merchant'"), 'refund_settlement', "`t`.`kind` = 'refund'")} AS \`clawed_back\`,
            ${entriesOf('system:promotion', "'bonus', 'bonus_expiry'")} AS \`by_operators\`
           FROM \`account\` WHERE \`code\` = 'system:promotion') AS \`b\`
          WHERE -\`posted\` <> \`granted\` - \`clawed_back\` - \`by_operators\` LIMIT ${ROW_LIMIT}`,
      ),
  },
  {
    name: 'fees are booked',
    rule: "a payment's fee is what was booked with it plus its corrections; a refund's is its corrections",
    findOffenders: async (books) => [...(await feesOf('payment', books)), ...(await feesOf('refund', books))],
  },
];

/** A fee is booked as a debit, so it stands negative; what a channel gives back with a refund, positive. */
function feesOf(subject: 'payment' | 'refund', books: Books): Promise<readonly OffendingRow[]> {
  const { schema } = books.wallet;
  const fee = (id: string) => movedOn(schema, id, 'system:channel\\_fee');
  const corrected = `(SELECT \`k\`.\`reference\`, SUM(\`e\`.\`amount\`) AS \`amount\` FROM \`${schema}\`.\`transfer\` AS \`k\`
            JOIN \`${schema}\`.\`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`k\`.\`id\`
            JOIN \`${schema}\`.\`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\` AND \`a\`.\`code\` = 'system:channel_fee'
           WHERE \`k\`.\`scope\` = 'fee_correction' AND \`k\`.\`status\` = 'posted' GROUP BY \`k\`.\`reference\`) AS \`c\`
             ON \`c\`.\`reference\` = CONCAT(\`p\`.\`account_id\`, ':${subject}:', \`p\`.\`id\`)`;
  const sign = subject === 'payment' ? '-' : '';
  return ofOrders(({ attempts, refunds }) =>
    subject === 'payment'
      ? `SELECT \`p\`.\`id\` AS \`attempt_id\`, \`p\`.\`fee\`, \`t\`.\`id\` AS \`transfer_id\`, \`c\`.\`amount\` AS \`corrected\`
           FROM \`${attempts}\` AS \`p\`
           JOIN \`${schema}\`.\`transfer\` AS \`t\` ON \`t\`.\`status\` = 'posted'
            AND \`t\`.\`scope\` = IF(\`p\`.\`state\` = 'SUCCEEDED', 'recharge', 'unowned')
            AND \`t\`.\`idempotency_key\` = CAST(IF(\`p\`.\`state\` = 'SUCCEEDED', \`p\`.\`order_id\`, \`p\`.\`id\`) AS CHAR)
           LEFT JOIN ${corrected}
          WHERE \`p\`.\`state\` IN ('SUCCEEDED', ${UNOWNED}) AND \`p\`.\`fee\` IS NOT NULL
            AND \`p\`.\`fee\` <> ${sign}(${fee('`t`.`id`')} + COALESCE(\`c\`.\`amount\`, 0))`
      : `SELECT \`p\`.\`id\` AS \`refund_id\`, \`p\`.\`fee\`, \`c\`.\`amount\` AS \`corrected\`
           FROM \`${refunds}\` AS \`p\` LEFT JOIN ${corrected}
          WHERE \`p\`.\`state\` = 'SUCCEEDED' AND \`p\`.\`fee\` <> ${sign}COALESCE(\`c\`.\`amount\`, 0)`,
  )(books);
}
