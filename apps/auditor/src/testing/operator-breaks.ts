const CORRECTION = '(SELECT `id` FROM {w}.`adjustment` WHERE `amount` = 3000000)';
const ENDED = "(SELECT `id` FROM {w}.`adjustment` WHERE `state` = 'EXPIRED')";
const transferOf = (scope: string, reference: string) =>
  `(SELECT \`id\` FROM {w}.\`transfer\` WHERE \`scope\` = '${scope}' AND \`reference\` = ${reference})`;
const entryOf = (transfer: string, code: string) =>
  `\`transfer_id\` = ${transfer} AND \`account_id\` = (SELECT \`id\` FROM {w}.\`account\` WHERE \`code\` = '${code}')`;
const adjustmentIs = (set: string, where: string) => `UPDATE {w}.\`adjustment\` SET ${set} WHERE ${where}`;

/** For each invariant of what operators and holds do, ways to break it. */
export const OPERATOR_BREAKS: readonly (readonly [name: string, ...statements: string[]])[] = [
  ['adjustments have two people', adjustmentIs('`decided_by` = `requested_by`', '`amount` = 3000000')],
  ['adjustments have two people', adjustmentIs("`state` = 'REQUESTED'", '`amount` = 2000000')],
  ['adjustments have two people', adjustmentIs('`amount` = 2999999', '`amount` = 3000000')],
  [
    'adjustments have two people',
    `UPDATE {w}.\`entry\` SET \`account_id\` = (SELECT \`id\` FROM {w}.\`account\` WHERE \`code\` = 'system:write_off') WHERE ${entryOf(transferOf('adjustment', `CAST(${CORRECTION} AS CHAR)`), 'system:suspense')}`,
  ],
  ['adjustments are booked', adjustmentIs("`state` = 'POSTED'", "`state` = 'REFUSED'")],
  [
    'adjustments are booked',
    adjustmentIs(
      "`state` = 'APPROVED', `decided_at` = UTC_TIMESTAMP(3) - INTERVAL 6 MINUTE",
      '`amount` = 3000000',
    ),
  ],
  ['adjustments are booked', adjustmentIs('`transfer_id` = 1', '`amount` = 3000000')],
  ['documents are as handed in', "UPDATE {w}.`adjustment_attachment` SET `content` = 'the lettar' LIMIT 1"],
  ['documents are as handed in', 'DELETE FROM {w}.`adjustment_attachment` LIMIT 1'],
  ['ended bonuses are taken once', adjustmentIs('`expired_amount` = 1', "`state` = 'EXPIRED'")],
  ['ended bonuses are taken once', adjustmentIs('`expires_at` = NULL', "`state` = 'EXPIRED'")],
  [
    'ended bonuses are taken once',
    `UPDATE {w}.\`transfer\` SET \`reference\` = '1' WHERE \`scope\` = 'bonus_expiry' AND \`reference\` = CAST(${ENDED} AS CHAR)`,
  ],
  [
    'settlements are lines of the bank',
    "UPDATE {w}.`channel_settlement` SET `fee` = 1 WHERE `bank_reference` = 'B-1'",
  ],
  ['settlements are lines of the bank', "UPDATE {w}.`channel_settlement` SET `direction` = 'payout'"],
  [
    'settlements are lines of the bank',
    "UPDATE {w}.`channel_settlement` SET `bank_reference` = 'B-3' LIMIT 1",
  ],
  ['settlements are lines of the bank', 'DELETE FROM {w}.`channel_settlement` LIMIT 1'],
  [
    'settlements are lines of the bank',
    "UPDATE {w}.`channel_settlement` SET `state` = 'RECORDED', `recorded_at` = UTC_TIMESTAMP(3) - INTERVAL 6 MINUTE LIMIT 1",
  ],
  [
    'campaigns have their budgets',
    "UPDATE {w}.`transfer` SET `reference` = '6' WHERE `scope` = 'budget_hold'",
  ],
  ['campaigns have their budgets', "UPDATE {w}.`transfer` SET `kind` = 'adjustment' WHERE `scope` = 'spend'"],
  [
    'withdrawing is what is held',
    "UPDATE {w}.`transfer` SET `idempotency_key` = '499' WHERE `scope` = 'withdraw' AND `idempotency_key` = '401'",
  ],
  [
    'withdrawing is what is held',
    `UPDATE {w}.\`entry\` SET \`amount\` = \`amount\` + 1 WHERE ${entryOf(transferOf('withdrawal_settlement', "'402'"), 'traffic_withdrawing:9:402')}`,
  ],
  [
    'withdrawing is what is held',
    "UPDATE {w}.`account` SET `posted` = 0 WHERE `code` = 'traffic_withdrawing:9:401'",
  ],
  [
    'returns undo what was paid',
    "UPDATE {w}.`transfer` SET `kind` = 'withdrawal_released' WHERE `scope` = 'withdrawal_settlement' AND `idempotency_key` = '404'",
  ],
  [
    'returns undo what was paid',
    `UPDATE {w}.\`entry\` SET \`amount\` = \`amount\` + 1 WHERE ${entryOf(transferOf('withdrawal_returned', "'404'"), 'traffic_available:9')}`,
  ],
];
