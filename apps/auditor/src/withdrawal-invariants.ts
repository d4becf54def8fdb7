import { type Books, type Invariant, type OffendingRow, ROW_LIMIT } from './invariant.js';
import { joinTransfer, longAgo, movedOn } from './order-books.js';

const ofWithdrawals =
  (sql: (books: Books) => string): Invariant['findOffenders'] =>
  (books) =>
    books.withdrawal.query<OffendingRow>(`${sql(books)} LIMIT ${ROW_LIMIT}`);

/** The account that holds a withdrawal's money. */
const HOLD_ACCOUNT = "CONCAT('traffic_withdrawing:', `w`.`owner_id`, ':', `w`.`id`)";

/** What must hold between the withdrawals and what the ledger has booked of them. */
export const WITHDRAWAL_INVARIANTS: readonly Invariant[] = [
  {
    name: 'withdrawals are held',
    rule: 'what an open withdrawal asks for is set aside, in full, and nothing is for one that was refused',
    findOffenders: ofWithdrawals(
      ({ wallet: { schema } }) =>
        `SELECT \`w\`.\`id\` AS \`withdrawal_id\`, \`w\`.\`state\`, \`w\`.\`amount\`, \`h\`.\`id\` AS \`hold_transfer_id\`, \`a\`.\`posted\` AS \`held\`
           FROM \`withdrawal\` AS \`w\`
           LEFT JOIN ${joinTransfer(schema, 'h', 'withdraw', '`w`.`id`')}
           LEFT JOIN \`${schema}\`.\`account\` AS \`a\` ON \`a\`.\`code\` = ${HOLD_ACCOUNT}
          WHERE (\`w\`.\`state\` IN ('IN_REVIEW', 'APPROVED', 'PAYING') AND (\`h\`.\`id\` IS NULL OR \`a\`.\`posted\` IS NULL OR \`a\`.\`posted\` <> \`w\`.\`amount\`))
             OR (\`w\`.\`state\` = 'REFUSED' AND \`h\`.\`id\` IS NOT NULL)`,
    ),
  },
  {
    name: 'ended withdrawals are booked',
    rule: 'what was paid left the book less fee and tax, what was not paid is available again, within minutes',
    findOffenders: ofWithdrawals(({ wallet: { schema } }) => {
      const source =
        "CONCAT('system:', IF(`w`.`method` = 'bank', 'bank', CONCAT(`w`.`method`, '\\\\_clearing')))";
      const moved = `(SELECT COALESCE(SUM(\`e\`.\`amount\`), 0) FROM \`${schema}\`.\`entry\` AS \`e\` JOIN \`${schema}\`.\`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\` WHERE \`e\`.\`transfer_id\` = \`s\`.\`id\` AND \`a\`.\`code\` LIKE ${source})`;
      return `SELECT \`w\`.\`id\` AS \`withdrawal_id\`, \`w\`.\`state\`, \`w\`.\`amount\`, \`s\`.\`id\` AS \`settle_transfer_id\`, \`s\`.\`kind\`
           FROM \`withdrawal\` AS \`w\` LEFT JOIN ${joinTransfer(schema, 's', 'withdrawal_settlement', '`w`.`id`')}
          WHERE \`w\`.\`state\` IN ('PAID', 'RETURNED', 'REJECTED', 'CANCELLED', 'FAILED')
            AND ((\`s\`.\`id\` IS NULL AND ${longAgo('w')})
             OR (\`s\`.\`id\` IS NOT NULL AND ((\`s\`.\`kind\` = 'withdrawal_paid') <> (\`w\`.\`state\` IN ('PAID', 'RETURNED'))
              OR (\`s\`.\`kind\` = 'withdrawal_paid' AND ${moved} <> \`w\`.\`amount\` - \`w\`.\`fee\` - \`w\`.\`tax\`))))`;
    }),
  },
  {
    name: 'returned payouts are available',
    rule: 'a payout that came back is the owner’s again, in full, and only one that came back is',
    findOffenders: ofWithdrawals(
      ({ wallet: { schema } }) =>
        `SELECT \`w\`.\`id\` AS \`withdrawal_id\`, \`w\`.\`state\`, \`w\`.\`amount\`, \`r\`.\`id\` AS \`return_transfer_id\`
           FROM \`withdrawal\` AS \`w\` LEFT JOIN ${joinTransfer(schema, 'r', 'withdrawal_returned', '`w`.`id`')}
          WHERE (\`w\`.\`state\` = 'RETURNED' AND ((\`r\`.\`id\` IS NULL AND ${longAgo('w')}) OR (\`r\`.\`id\` IS NOT NULL AND ${movedOn(schema, '`r`.`id`', 'traffic\\_available:%')} <> \`w\`.\`amount\`)))
             OR (\`w\`.\`state\` <> 'RETURNED' AND \`r\`.\`id\` IS NOT NULL)`,
    ),
  },
  {
    name: 'holds are of withdrawals',
    rule: 'money that the ledger holds for a withdrawal is held for one that was asked for, of that amount, by that owner',
    findOffenders: ({ wallet, withdrawal: { schema } }) =>
      wallet.query(
        `SELECT \`t\`.\`id\` AS \`transfer_id\`, \`t\`.\`idempotency_key\` AS \`withdrawal_id\`, \`w\`.\`amount\`, \`e\`.\`amount\` AS \`held\`
           FROM \`transfer\` AS \`t\`
           JOIN \`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`t\`.\`id\` AND \`e\`.\`amount\` > 0
           JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\`
           LEFT JOIN \`${schema}\`.\`withdrawal\` AS \`w\` ON \`w\`.\`id\` = CAST(\`t\`.\`idempotency_key\` AS UNSIGNED)
          WHERE \`t\`.\`scope\` = 'withdraw' AND \`t\`.\`status\` = 'posted'
            AND (\`w\`.\`id\` IS NULL OR \`w\`.\`amount\` <> \`e\`.\`amount\` OR \`w\`.\`owner_id\` <> \`a\`.\`owner_id\`) LIMIT ${ROW_LIMIT}`,
      ),
  },
  {
    name: 'payouts have their approvals',
    rule: 'whatever was sent was approved by as many different operators as it needs, and by nobody for themselves',
    findOffenders: ofWithdrawals(
      () =>
        `SELECT \`w\`.\`id\` AS \`withdrawal_id\`, \`w\`.\`state\`, \`w\`.\`approvals_needed\`, COUNT(\`p\`.\`operator_id\`) AS \`approvals\`
           FROM \`withdrawal\` AS \`w\` LEFT JOIN \`withdrawal_approval\` AS \`p\` ON \`p\`.\`withdrawal_id\` = \`w\`.\`id\` AND \`p\`.\`operator_id\` <> \`w\`.\`owner_id\`
          WHERE \`w\`.\`state\` IN ('APPROVED', 'PAYING', 'PAID', 'RETURNED')
          GROUP BY \`w\`.\`id\`, \`w\`.\`state\`, \`w\`.\`approvals_needed\` HAVING \`approvals\` < \`w\`.\`approvals_needed\``,
    ),
  },
];
