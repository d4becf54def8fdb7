import { type Invariant, ROW_LIMIT } from './invariant.js';

/** What must hold of money that is set aside for refunds: of the ledger by itself. */
export const TRANSIT_INVARIANTS: readonly Invariant[] = [
  {
    name: 'transit is what is held',
    rule: 'what an owner has in transit is what the holds that nobody has settled have put there',
    findOffenders: ({ wallet }) =>
      wallet.query(
        `SELECT \`a\`.\`id\` AS \`account_id\`, \`a\`.\`code\`, \`a\`.\`posted\`, COALESCE(SUM(\`e\`.\`amount\`), 0) AS \`held\`
           FROM \`account\` AS \`a\`
           LEFT JOIN (\`entry\` AS \`e\` JOIN \`transfer\` AS \`h\` ON \`h\`.\`id\` = \`e\`.\`transfer_id\` AND \`h\`.\`scope\` = 'refund_hold'
                 AND NOT EXISTS (SELECT 1 FROM \`transfer\` AS \`s\` WHERE \`s\`.\`scope\` = 'refund_settlement' AND \`s\`.\`idempotency_key\` = \`h\`.\`idempotency_key\` AND \`s\`.\`status\` = 'posted'))
             ON \`e\`.\`account_id\` = \`a\`.\`id\`
          WHERE \`a\`.\`kind\` IN ('refund_in_transit', 'bonus_in_transit')
          GROUP BY \`a\`.\`id\`, \`a\`.\`code\`, \`a\`.\`posted\` HAVING \`a\`.\`posted\` <> \`held\` LIMIT ${ROW_LIMIT}`,
      ),
  },
  {
    name: 'holds are settled once',
    rule: 'a settlement takes out of transit what its own hold has put there: all of it, and once',
    findOffenders: ({ wallet }) =>
      wallet.query(
        `SELECT \`s\`.\`id\` AS \`transfer_id\`, \`s\`.\`kind\`, \`s\`.\`idempotency_key\` AS \`refund_id\`, \`h\`.\`id\` AS \`hold_transfer_id\`, \`a\`.\`code\`, SUM(\`e\`.\`amount\`) AS \`left_over\`
           FROM \`transfer\` AS \`s\`
           LEFT JOIN \`transfer\` AS \`h\` ON \`h\`.\`scope\` = 'refund_hold' AND \`h\`.\`idempotency_key\` = \`s\`.\`idempotency_key\` AND \`h\`.\`status\` = 'posted'
           LEFT JOIN (\`entry\` AS \`e\` JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\` AND \`a\`.\`kind\` IN ('refund_in_transit', 'bonus_in_transit'))
             ON \`e\`.\`transfer_id\` IN (\`s\`.\`id\`, \`h\`.\`id\`)
          WHERE \`s\`.\`scope\` = 'refund_settlement' AND \`s\`.\`status\` = 'posted'
          GROUP BY \`s\`.\`id\`, \`s\`.\`kind\`, \`s\`.\`idempotency_key\`, \`h\`.\`id\`, \`a\`.\`code\`
         HAVING \`h\`.\`id\` IS NULL OR \`left_over\` IS NULL OR \`left_over\` <> 0 LIMIT ${ROW_LIMIT}`,
      ),
  },
];
