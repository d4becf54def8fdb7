import { type Invariant, ROW_LIMIT } from './invariant.js';
import { allOrders, joinTransfer, longAgo, movedOn, ofOrders } from './order-books.js';

/** What must hold of refunds by themselves, and between the refunds and the ledger. */
export const REFUND_INVARIANTS: readonly Invariant[] = [
  {
    name: 'refunds fit their order',
    rule: "a merchant's refunds are together no more than the order, and as much as the order says is refunded and being refunded",
    findOffenders: ofOrders(
      ({ orderDetails, refunds }) =>
        `SELECT \`d\`.\`order_id\`, \`d\`.\`amount\`, \`d\`.\`refunded_amount\`, \`d\`.\`refunding_amount\`,
                COALESCE(SUM(IF(\`r\`.\`state\` = 'SUCCEEDED', \`r\`.\`amount\`, 0)), 0) AS \`succeeded\`,
                COALESCE(SUM(IF(\`r\`.\`state\` IN ('REQUESTED', 'PROCESSING'), \`r\`.\`amount\`, 0)), 0) AS \`open\`
           FROM \`${orderDetails}\` AS \`d\` LEFT JOIN \`${refunds}\` AS \`r\` ON \`r\`.\`order_id\` = \`d\`.\`order_id\` AND \`r\`.\`kind\` = 'merchant'
          GROUP BY \`d\`.\`order_id\`, \`d\`.\`amount\`, \`d\`.\`refunded_amount\`, \`d\`.\`refunding_amount\`
         HAVING \`succeeded\` <> \`d\`.\`refunded_amount\` OR \`open\` <> \`d\`.\`refunding_amount\` OR \`succeeded\` + \`open\` > \`d\`.\`amount\``,
    ),
  },
  {
    name: 'refunds were set aside',
    rule: "a merchant's refund that the channel may know of has a hold of its amount and its bonus",
    findOffenders: ofOrders(
      ({ refunds }, { wallet: { schema } }) =>
        `SELECT \`r\`.\`id\` AS \`refund_id\`, \`r\`.\`state\`, \`r\`.\`amount\`, \`r\`.\`bonus_amount\`, \`t\`.\`id\` AS \`hold_transfer_id\`
           FROM \`${refunds}\` AS \`r\` LEFT JOIN ${joinTransfer(schema, 't', 'refund_hold', '`r`.`id`')}
          WHERE \`r\`.\`kind\` = 'merchant' AND \`r\`.\`state\` IN ('PROCESSING', 'SUCCEEDED')
            AND (\`t\`.\`id\` IS NULL
             OR ${movedOn(schema, '`t`.`id`', 'refund\\_in\\_transit:%')} <> \`r\`.\`amount\`
             OR ${movedOn(schema, '`t`.`id`', 'bonus\\_in\\_transit:%')} <> \`r\`.\`bonus_amount\`)`,
    ),
  },
  {
    name: 'succeeded refunds are booked',
    rule: "a refund that the channel has paid left the book through that channel's clearing account, in full",
    findOffenders: ofOrders(
      ({ refunds }, { wallet: { schema } }) =>
        `SELECT \`r\`.\`id\` AS \`refund_id\`, \`r\`.\`kind\`, \`r\`.\`amount\`, \`r\`.\`settle_transfer_id\`, COALESCE(\`m\`.\`id\`, \`u\`.\`id\`) AS \`transfer_id\`
           FROM \`${refunds}\` AS \`r\`
           LEFT JOIN ${joinTransfer(schema, 'm', 'refund_settlement', '`r`.`id`')} AND \`m\`.\`kind\` = 'refund' AND \`r\`.\`kind\` = 'merchant'
           LEFT JOIN ${joinTransfer(schema, 'u', 'unowned_refund', '`r`.`id`')} AND \`r\`.\`kind\` <> 'merchant'
          WHERE \`r\`.\`state\` = 'SUCCEEDED' AND (\`r\`.\`settle_transfer_id\` IS NOT NULL OR ${longAgo('r')})
            AND (COALESCE(\`m\`.\`id\`, \`u\`.\`id\`) IS NULL
             OR (SELECT COALESCE(SUM(\`e\`.\`amount\`), 0) FROM \`${schema}\`.\`entry\` AS \`e\` JOIN \`${schema}\`.\`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\`
                  WHERE \`e\`.\`transfer_id\` = COALESCE(\`m\`.\`id\`, \`u\`.\`id\`) AND \`a\`.\`code\` = CONCAT('system:', \`r\`.\`channel\`, '_clearing')) <> \`r\`.\`amount\`)`,
    ),
  },
  {
    name: 'failed refunds are released',
    rule: "what was set aside for a merchant's refund that failed is in the wallet again",
    findOffenders: ofOrders(
      ({ refunds }, { wallet: { schema } }) =>
        `SELECT \`r\`.\`id\` AS \`refund_id\`, \`r\`.\`amount\`, \`h\`.\`id\` AS \`hold_transfer_id\`, \`t\`.\`kind\` AS \`settled_as\`
           FROM \`${refunds}\` AS \`r\` JOIN ${joinTransfer(schema, 'h', 'refund_hold', '`r`.`id`')}
           LEFT JOIN ${joinTransfer(schema, 't', 'refund_settlement', '`r`.`id`')}
          WHERE \`r\`.\`kind\` = 'merchant' AND \`r\`.\`state\` = 'FAILED' AND (\`r\`.\`settle_transfer_id\` IS NOT NULL OR ${longAgo('r')})
            AND (\`t\`.\`id\` IS NULL OR \`t\`.\`kind\` <> 'refund_release')`,
    ),
  },
  {
    name: 'booked refunds are refunds',
    rule: 'each hold and each refund in the ledger belongs to a refund of the payment service',
    findOffenders: ({ payment, wallet }) =>
      wallet.query(
        `SELECT \`t\`.\`id\` AS \`transfer_id\`, \`t\`.\`kind\`, \`t\`.\`idempotency_key\` AS \`refund_id\`, \`r\`.\`state\` FROM \`transfer\` AS \`t\`
           LEFT JOIN (${allOrders(({ refunds }) => `SELECT \`id\`, \`kind\`, \`state\` FROM \`${payment.schema}\`.\`${refunds}\``)}) AS \`r\` ON \`r\`.\`id\` = CAST(\`t\`.\`idempotency_key\` AS UNSIGNED)
          WHERE \`t\`.\`scope\` IN ('refund_hold', 'refund_settlement', 'unowned_refund') AND \`t\`.\`status\` = 'posted'
            AND (\`r\`.\`id\` IS NULL OR (\`t\`.\`scope\` = 'unowned_refund') <> (\`r\`.\`kind\` <> 'merchant')
             OR (\`t\`.\`kind\` IN ('refund', 'unowned_refund') AND \`r\`.\`state\` <> 'SUCCEEDED')
             OR (\`t\`.\`kind\` = 'refund_release' AND \`r\`.\`state\` <> 'FAILED')) LIMIT ${ROW_LIMIT}`,
      ),
  },
  {
    name: 'duplicates are given back',
    rule: 'a second payment of one order has one refund of its own, of all that was paid',
    findOffenders: ofOrders(
      ({ attempts, refunds }) =>
        `SELECT \`a\`.\`id\` AS \`attempt_id\`, \`a\`.\`order_id\`, \`a\`.\`paid_amount\`, COUNT(\`r\`.\`id\`) AS \`refunds\`, SUM(\`r\`.\`amount\`) AS \`refund_amount\`
           FROM \`${attempts}\` AS \`a\` LEFT JOIN \`${refunds}\` AS \`r\` ON \`r\`.\`attempt_id\` = \`a\`.\`id\` AND \`r\`.\`kind\` = 'duplicate'
          WHERE \`a\`.\`state\` = 'DUPLICATED'
          GROUP BY \`a\`.\`id\`, \`a\`.\`order_id\`, \`a\`.\`paid_amount\`
         HAVING \`refunds\` <> 1 OR \`refund_amount\` <> \`a\`.\`paid_amount\``,
    ),
  },
];
