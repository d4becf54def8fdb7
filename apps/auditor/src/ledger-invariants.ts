import { type Invariant, ROW_LIMIT } from './invariant.js';

const ofWallet =
  (sql: string): Invariant['findOffenders'] =>
  ({ wallet }) =>
    wallet.query(`${sql} LIMIT ${ROW_LIMIT}`);

/** The invariants of double entry, over every account, transfer and entry. */
export const LEDGER_INVARIANTS: readonly Invariant[] = [
  {
    name: 'transfers balance',
    rule: 'the entries of every transfer sum to zero',
    findOffenders: ofWallet(
      'SELECT `transfer_id`, SUM(`amount`) AS `sum` FROM `entry` GROUP BY `transfer_id` HAVING SUM(`amount`) <> 0',
    ),
  },
  {
    name: 'posted means booked',
    rule: 'a posted transfer has at least two entries, and a rejected one has none',
    findOffenders: ofWallet(
      "SELECT `t`.`id` AS `transfer_id`, `t`.`status`, COUNT(`e`.`seq`) AS `entries` FROM `transfer` AS `t` LEFT JOIN `entry` AS `e` ON `e`.`transfer_id` = `t`.`id` GROUP BY `t`.`id`, `t`.`status` HAVING (`t`.`status` = 'posted' AND `entries` < 2) OR (`t`.`status` <> 'posted' AND `entries` > 0)",
    ),
  },
  {
    name: 'balances are their entries',
    rule: 'what an account has is what its entries add up to, and there are as many entries as its version says',
    findOffenders: ofWallet(
      'SELECT `a`.`id` AS `account_id`, `a`.`code`, `a`.`posted`, COALESCE(SUM(`e`.`amount`), 0) AS `sum_of_entries`, `a`.`version`, COUNT(`e`.`seq`) AS `entries` FROM `account` AS `a` LEFT JOIN `entry` AS `e` ON `e`.`account_id` = `a`.`id` GROUP BY `a`.`id`, `a`.`code`, `a`.`posted`, `a`.`version` HAVING `a`.`posted` <> `sum_of_entries` OR `a`.`version` <> `entries`',
    ),
  },
  {
    name: 'running balances run',
    rule: 'entries are numbered 1, 2, 3 … without a gap, and each balance is the one before plus its amount',
    findOffenders: ofWallet(
      'SELECT * FROM (SELECT `account_id`, `seq`, `transfer_id`, `amount`, `balance_after`, COALESCE(LAG(`seq`) OVER (PARTITION BY `account_id` ORDER BY `seq`), 0) AS `seq_before`, COALESCE(LAG(`balance_after`) OVER (PARTITION BY `account_id` ORDER BY `seq`), 0) AS `balance_before` FROM `entry`) AS `e` WHERE `seq` <> `seq_before` + 1 OR `balance_after` <> `balance_before` + `amount`',
    ),
  },
  {
    name: 'the last entry is the balance',
    rule: "an account's balance is the one that its newest entry left",
    findOffenders: ofWallet(
      'SELECT `a`.`id` AS `account_id`, `a`.`code`, `a`.`posted`, `e`.`balance_after` FROM `account` AS `a` JOIN `entry` AS `e` ON `e`.`account_id` = `a`.`id` AND `e`.`seq` = `a`.`version` WHERE `a`.`posted` <> `e`.`balance_after`',
    ),
  },
  {
    name: 'the book sums to zero',
    rule: 'all balances together are zero: what is owed to owners is held somewhere',
    findOffenders: ofWallet(
      'SELECT SUM(`posted`) AS `sum_of_all_balances` FROM `account` HAVING SUM(`posted`) <> 0',
    ),
  },
  {
    name: 'nobody is under the floor',
    rule: 'no account has less than it may',
    findOffenders: ofWallet(
      'SELECT `id` AS `account_id`, `code`, `posted`, `held`, `floor_amount` FROM `account` WHERE `held` < 0 OR (`floor_amount` IS NOT NULL AND `posted` - `held` < `floor_amount`)',
    ),
  },
  {
    name: 'every transfer was told of',
    rule: 'each posted transfer has exactly one row in the outbox',
    findOffenders: ofWallet(
      "SELECT `t`.`id` AS `transfer_id`, COUNT(`o`.`id`) AS `outbox_rows` FROM `transfer` AS `t` LEFT JOIN `outbox` AS `o` ON `o`.`aggregate_id` = CAST(`t`.`id` AS CHAR) AND `o`.`event_name` = 'transfer.posted' WHERE `t`.`status` = 'posted' GROUP BY `t`.`id` HAVING COUNT(`o`.`id`) <> 1",
    ),
  },
];
