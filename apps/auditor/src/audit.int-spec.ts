import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { INVARIANTS } from './invariants.js';
import { OPERATOR_BREAKS } from './testing/operator-breaks.js';
import { WITHDRAWAL_BREAKS } from './testing/withdrawal-books.js';
import { type AuditedBooks, startAuditedBooks } from './testing/audited-books.js';

let books: AuditedBooks;
beforeAll(async () => {
  books = await startAuditedBooks();
}, 60_000);
afterAll(() => books.stop());

const transfer = (scope: string, key: string) =>
  `(SELECT \`id\` FROM {w}.\`transfer\` WHERE \`scope\` = '${scope}' AND \`idempotency_key\` = '${key}')`;
const account = (code: string) => `(SELECT \`id\` FROM {w}.\`account\` WHERE \`code\` = '${code}')`;
const forget = (scope: string, key: string) =>
  `UPDATE {w}.\`transfer\` SET \`idempotency_key\` = '999' WHERE \`scope\` = '${scope}' AND \`idempotency_key\` = '${key}'`;
const more = (code: string) =>
  `UPDATE {w}.\`account\` SET \`posted\` = \`posted\` + 1 WHERE \`code\` = '${code}'`;

/** For each invariant, a way to break it. */
const BREAKS: readonly (readonly [name: string, ...statements: string[]])[] = [
  [
    'transfers balance',
    `UPDATE {w}.\`entry\` SET \`amount\` = \`amount\` + 1 WHERE \`transfer_id\` = ${transfer('recharge', '101')} AND \`account_id\` = ${account('merchant_cash:7')}`,
  ],
  ['posted means booked', "UPDATE {w}.`transfer` SET `status` = 'rejected' WHERE `scope` = 'write_off'"],
  ['balances are their entries', more('merchant_cash:7')],
  ['balances are their entries', 'DELETE FROM {w}.`account` WHERE `posted` = 0 AND `version` > 0 LIMIT 1'],
  [
    'running balances run',
    `UPDATE {w}.\`entry\` SET \`balance_after\` = 1 WHERE \`seq\` = 1 AND \`account_id\` = ${account('merchant_cash:7')}`,
  ],
  ['running balances run', 'DELETE FROM {w}.`entry` ORDER BY `account_id`, `seq` DESC LIMIT 1'],
  ['the last entry is the balance', more('merchant_cash:7')],
  ['the book sums to zero', more('merchant_cash:7')],
  [
    'nobody is under the floor',
    "UPDATE {w}.`account` SET `held` = `posted` + 1 WHERE `code` = 'merchant_cash:7'",
  ],
  [
    'accounts are what their codes say',
    "UPDATE {w}.`account` SET `owner_id` = 8 WHERE `code` = 'merchant_cash:7'",
  ],
  [
    'accounts are what their codes say',
    "UPDATE {w}.`account` SET `floor_amount` = -1 WHERE `code` = 'merchant_cash:7'",
  ],
  [
    'accounts are what their codes say',
    "UPDATE {w}.`account` SET `held` = 1 WHERE `code` = 'merchant_cash:7'",
  ],
  ['posted means booked', 'UPDATE {w}.`entry` SET `transfer_id` = 4711 LIMIT 1'],
  ['posted means booked', "DELETE FROM {w}.`transfer` WHERE `scope` = 'write_off'"],
  ['every transfer was told of', 'DELETE FROM {w}.`outbox` LIMIT 1'],
  [
    'transfers are as they were sealed',
    "UPDATE {w}.`transfer` SET `kind` = 'unowned' WHERE `scope` = 'recharge'",
  ],
  [
    'transfers are as they were sealed',
    "UPDATE {w}.`transfer` SET `created_at` = `created_at` + INTERVAL 1 SECOND WHERE `scope` = 'write_off'",
  ],
  [
    'entries are chained',
    `UPDATE {w}.\`entry\` SET \`transfer_id\` = ${transfer('recharge', '103')} WHERE \`seq\` = 1 AND \`account_id\` = ${account('merchant_cash:7')}`,
  ],
  ['entries are chained', "UPDATE {w}.`entry` SET `link` = UNHEX(REPEAT('ab', 32)) WHERE `seq` = 2 LIMIT 1"],
  [
    'entries are chained',
    "UPDATE {w}.`transfer` SET `seal` = UNHEX(REPEAT('ab', 32)) WHERE `scope` = 'recharge'",
  ],
  [
    'entries are chained',
    "UPDATE {w}.`account` SET `link` = UNHEX(REPEAT('ab', 32)) WHERE `code` = 'merchant_cash:7'",
  ],
  ['transit is what is held', more('refund_in_transit:7')],
  ['transit is what is held', "UPDATE {w}.`account` SET `posted` = 1 WHERE `code` = 'bonus_in_transit:7'"],
  ['holds are settled once', forget('refund_hold', '301')],
  [
    'holds are settled once',
    `UPDATE {w}.\`entry\` SET \`amount\` = \`amount\` + 1 WHERE \`transfer_id\` = ${transfer('refund_settlement', '302')} AND \`account_id\` = ${account('refund_in_transit:7')}`,
  ],
  ['paid orders have one payment', "UPDATE {p}.`attempts_0` SET `state` = 'SUCCEEDED' WHERE `id` = 202"],
  ['paid orders have one payment', 'UPDATE {p}.`attempts_archive_0` SET `paid_amount` = 1 WHERE `id` = 204'],
  ['orders have their details', 'DELETE FROM {p}.`order_details_0` WHERE `order_id` = 102'],
  ['credited is booked', forget('recharge', '101')],
  ['credited is booked', forget('recharge', '103')],
  [
    'credited is booked',
    'UPDATE {p}.`order_details_0` SET `bonus_amount` = 4000000, `transfer_id` = NULL WHERE `order_id` = 101',
  ],
  ['booked was paid', "UPDATE {p}.`orders_archive_0` SET `state` = 'CLOSED' WHERE `id` = 103"],
  ['one credit per trade', "UPDATE {p}.`attempts_0` SET `channel_trade_no` = 'another' WHERE `id` = 201"],
  [
    'refunds fit their order',
    'UPDATE {p}.`order_details_0` SET `refunded_amount` = 19000000 WHERE `order_id` = 101',
  ],
  [
    'refunds fit their order',
    'UPDATE {p}.`order_details_0` SET `refunding_amount` = 0 WHERE `order_id` = 101',
  ],
  ['refunds were set aside', forget('refund_hold', '303')],
  ['refunds were set aside', 'UPDATE {p}.`refunds_0` SET `bonus_amount` = 1 WHERE `id` = 303'],
  ['succeeded refunds are booked', forget('refund_settlement', '301')],
  ['succeeded refunds are booked', forget('unowned_refund', '304')],
  ['succeeded refunds are booked', "UPDATE {p}.`refunds_0` SET `channel` = 'alipay' WHERE `id` = 304"],
  ['failed refunds are released', forget('refund_settlement', '302')],
  ['booked refunds are refunds', 'DELETE FROM {p}.`refunds_0` WHERE `id` = 302'],
  ['booked refunds are refunds', "UPDATE {p}.`refunds_0` SET `state` = 'PROCESSING' WHERE `id` = 301"],
  ['duplicates are given back', 'DELETE FROM {p}.`refunds_0` WHERE `id` = 304'],
  ['clearing is what channels owe us', more('system:alipay_clearing')],
  ['clearing is what channels owe us', more('system:wechat_clearing')],
  ['unowned money is in suspense', forget('unowned', '203')],
  ['unowned money is in suspense', 'UPDATE {p}.`attempts_0` SET `paid_amount` = 1 WHERE `id` = 203'],
  ['suspense is what nobody has back', more('system:suspense')],
  ['bonus is granted less clawed back', more('system:promotion')],
  ['fees are booked', 'UPDATE {p}.`attempts_0` SET `fee` = 300000 WHERE `id` = 201'],
  ['fees are booked', 'UPDATE {p}.`refunds_0` SET `fee` = 0 WHERE `id` = 301'],
  ...OPERATOR_BREAKS,
  ...WITHDRAWAL_BREAKS,
];

describe('the audit', () => {
  it('finds nothing wrong with books that are right, archived orders and all', async () => {
    expect(await books.brokenBy()).toEqual([]);
  });

  it.each(BREAKS)('says that "%s" is broken by %s', async (name, ...statements) => {
    expect(await books.brokenBy(...statements)).toContain(name);
  });

  it('has a way to break each of its invariants', () => {
    const broken = new Set(BREAKS.map(([name]) => name));
    expect(INVARIANTS.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });
});
