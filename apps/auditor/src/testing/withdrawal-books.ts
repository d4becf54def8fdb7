import type { Database } from '#libs/database';

const OWNER = '9';
const OPERATOR = '31';

/** The withdrawals that `bookOfOperators` has booked: one waits at the channel, one is paid, one was rejected, one came back. */
export async function writeWithdrawals(
  database: Database,
  terms: { readonly amount: bigint; readonly fee: bigint; readonly tax: bigint },
): Promise<void> {
  for (const [id, state] of [
    ['401', 'PAYING'],
    ['402', 'PAID'],
    ['403', 'REJECTED'],
    ['404', 'RETURNED'],
    ['405', 'REFUSED'],
  ] as const) {
    await database.write(
      `INSERT INTO \`withdrawal\` (\`id\`, \`owner_id\`, \`idempotency_key\`, \`request_hash\`, \`state\`, \`method\`, \`payout_account_id\`, \`masked_number\`, \`masked_name\`, \`amount\`, \`fee\`, \`tax\`, \`day\`, \`risk_flags\`, \`approvals_needed\`, \`created_at\`, \`updated_at\`)
       VALUES (?, ?, ?, ?, ?, 'alipay', 1, '•••• 6789', '•明', ?, ?, ?, '2026-11-20', '', 1, UTC_TIMESTAMP(3) - INTERVAL 1 DAY, UTC_TIMESTAMP(3) - INTERVAL 1 DAY)`,
      [id, OWNER, `k${id}`, Buffer.alloc(32), state, terms.amount, terms.fee, terms.tax],
    );
    await database.write(
      'INSERT INTO `withdrawal_approval` (`withdrawal_id`, `operator_id`, `at`) VALUES (?, ?, UTC_TIMESTAMP(3))',
      [id, OPERATOR],
    );
  }
}

const withdrawalIs = (set: string, id: string) => `UPDATE {d}.\`withdrawal\` SET ${set} WHERE \`id\` = ${id}`;
const forget = (scope: string, id: string) =>
  `UPDATE {w}.\`transfer\` SET \`idempotency_key\` = '999' WHERE \`scope\` = '${scope}' AND \`idempotency_key\` = '${id}'`;

/** For each invariant between withdrawals and ledger, ways to break it. */
export const WITHDRAWAL_BREAKS: readonly (readonly [name: string, ...statements: string[]])[] = [
  ['withdrawals are held', forget('withdraw', '401')],
  ['withdrawals are held', withdrawalIs('`amount` = `amount` + 1', '401')],
  ['withdrawals are held', withdrawalIs("`state` = 'REFUSED'", '401')],
  ['withdrawals are held', withdrawalIs("`state` = 'IN_REVIEW'", '403')],
  ['ended withdrawals are booked', forget('withdrawal_settlement', '402')],
  ['ended withdrawals are booked', withdrawalIs("`state` = 'CANCELLED'", '402')],
  ['ended withdrawals are booked', withdrawalIs("`state` = 'PAID'", '403')],
  ['ended withdrawals are booked', withdrawalIs("`method` = 'wechat'", '402')],
  ['ended withdrawals are booked', withdrawalIs('`fee` = `fee` + 1', '402')],
  ['returned payouts are available', forget('withdrawal_returned', '404')],
  ['returned payouts are available', withdrawalIs("`state` = 'PAID'", '404')],
  ['holds are of withdrawals', 'DELETE FROM {d}.`withdrawal` WHERE `id` = 401'],
  ['holds are of withdrawals', withdrawalIs('`owner_id` = 10', '401')],
  ['payouts have their approvals', 'DELETE FROM {d}.`withdrawal_approval` WHERE `withdrawal_id` = 402'],
  ['payouts have their approvals', withdrawalIs('`approvals_needed` = 2', '401')],
  [
    'payouts have their approvals',
    'UPDATE {d}.`withdrawal_approval` SET `operator_id` = 9 WHERE `withdrawal_id` = 401',
  ],
];
