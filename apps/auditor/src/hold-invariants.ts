import { type Invariant, ROW_LIMIT } from './invariant.js';

/** What must hold of money in accounts of a part, which is how it is held: a campaign's budget, a withdrawal. */
export const HOLD_INVARIANTS: readonly Invariant[] = [
  {
    name: 'campaigns have their budgets',
    rule: "a campaign's accounts are what was set aside for it, less what it spent and gave back: nothing else moves them",
    findOffenders: ({ wallet }) =>
      wallet.query(
        `SELECT \`a\`.\`code\`, \`e\`.\`seq\`, \`e\`.\`amount\`, \`t\`.\`id\` AS \`transfer_id\`, \`t\`.\`kind\`, \`t\`.\`reference\`
           FROM \`account\` AS \`a\` JOIN \`entry\` AS \`e\` ON \`e\`.\`account_id\` = \`a\`.\`id\` JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\`
          WHERE \`a\`.\`kind\` IN ('campaign_cash', 'campaign_bonus')
            AND NOT (\`t\`.\`kind\` = 'budget_hold' AND \`e\`.\`amount\` > 0 AND \`t\`.\`reference\` = \`a\`.\`part\`)
            AND NOT (\`t\`.\`kind\` = 'budget_release' AND \`e\`.\`amount\` < 0 AND \`t\`.\`reference\` = \`a\`.\`part\`)
            AND NOT (\`t\`.\`kind\` = 'spend' AND \`e\`.\`amount\` < 0) LIMIT ${ROW_LIMIT}`,
      ),
  },
  {
    name: 'withdrawing is what is held',
    rule: "a withdrawal's account has what its hold put there, and nothing once that was paid or let go, whole",
    findOffenders: ({ wallet }) =>
      wallet.query(
        `SELECT \`a\`.\`code\`, \`a\`.\`posted\`, SUM(IF(\`t\`.\`scope\` = 'withdraw', \`e\`.\`amount\`, 0)) AS \`held\`, SUM(IF(\`t\`.\`scope\` = 'withdrawal_settlement', -\`e\`.\`amount\`, 0)) AS \`settled\`, COUNT(\`e\`.\`seq\`) AS \`entries\`
           FROM \`account\` AS \`a\` JOIN \`entry\` AS \`e\` ON \`e\`.\`account_id\` = \`a\`.\`id\`
           LEFT JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\` AND \`t\`.\`scope\` IN ('withdraw', 'withdrawal_settlement') AND \`t\`.\`idempotency_key\` = \`a\`.\`part\`
          WHERE \`a\`.\`kind\` = 'traffic_withdrawing' GROUP BY \`a\`.\`id\`, \`a\`.\`code\`, \`a\`.\`posted\`
         HAVING \`held\` <= 0 OR \`settled\` NOT IN (0, \`held\`) OR \`a\`.\`posted\` <> \`held\` - \`settled\` OR \`entries\` <> IF(\`settled\` = 0, 1, 2) LIMIT ${ROW_LIMIT}`,
      ),
  },
  {
    name: 'returns undo what was paid',
    rule: 'a payout that came back was paid before, and undoes each entry of that: the owner has all of it again',
    findOffenders: ({ wallet }) =>
      wallet.query(
        `SELECT \`r\`.\`id\` AS \`transfer_id\`, \`r\`.\`idempotency_key\` AS \`withdrawal_id\`, \`p\`.\`id\` AS \`paid_transfer_id\`, \`c\`.\`what\`, SUM(\`c\`.\`amount\`) AS \`left_over\`
           FROM \`transfer\` AS \`r\`
           LEFT JOIN \`transfer\` AS \`p\` ON \`p\`.\`scope\` = 'withdrawal_settlement' AND \`p\`.\`idempotency_key\` = \`r\`.\`idempotency_key\` AND \`p\`.\`kind\` = 'withdrawal_paid' AND \`p\`.\`status\` = 'posted'
           LEFT JOIN (SELECT \`e\`.\`transfer_id\`, \`e\`.\`amount\`, IF(\`a\`.\`kind\` LIKE 'traffic\\\\_%', CONCAT('owner ', \`a\`.\`owner_id\`), \`a\`.\`code\`) AS \`what\`
                        FROM \`transfer\` AS \`k\` JOIN \`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`k\`.\`id\` JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\`
                       WHERE \`k\`.\`kind\` IN ('withdrawal_paid', 'withdrawal_returned')) AS \`c\` ON \`c\`.\`transfer_id\` IN (\`r\`.\`id\`, \`p\`.\`id\`)
          WHERE \`r\`.\`scope\` = 'withdrawal_returned' AND \`r\`.\`status\` = 'posted'
          GROUP BY \`r\`.\`id\`, \`r\`.\`idempotency_key\`, \`p\`.\`id\`, \`c\`.\`what\` HAVING \`p\`.\`id\` IS NULL OR \`left_over\` <> 0 LIMIT ${ROW_LIMIT}`,
      ),
  },
];
