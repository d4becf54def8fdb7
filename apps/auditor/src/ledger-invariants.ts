import { walkAccounts } from './account-walk.js';
import { type Invariant, ROW_LIMIT } from './invariant.js';
import { walkTransfers } from './transfer-walk.js';

const ofWallet =
  (sql: string): Invariant['findOffenders'] =>
  ({ wallet }) =>
    wallet.query(`${sql} LIMIT ${ROW_LIMIT}`);

/** The invariants of double entry, over every account, transfer and entry. */
export const LEDGER_INVARIANTS: readonly Invariant[] = [
  {
    name: 'transfers balance',
    rule: 'the entries of every transfer sum to zero',
    findOffenders: async (books) => (await walkTransfers(books)).balance,
  },
  {
    name: 'posted means booked',
    rule: 'a posted transfer has at least two entries, a rejected one has none, and no entry is without its transfer',
    findOffenders: async (books) => (await walkTransfers(books)).booked,
  },
  {
    name: 'balances are their entries',
    rule: 'what an account has is what its entries add up to, there are as many entries as its version says, and none without its account',
    findOffenders: async (books) => (await walkAccounts(books)).sum,
  },
  {
    name: 'running balances run',
    rule: 'entries are numbered 1, 2, 3 … without a gap, and each balance is the one before plus its amount',
    findOffenders: async (books) => (await walkAccounts(books)).run,
  },
  {
    name: 'the last entry is the balance',
    rule: "an account's balance is the one that its newest entry left",
    findOffenders: async (books) => (await walkAccounts(books)).head,
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
    name: 'accounts are what their codes say',
    rule: "an account's code is its kind, owner and part; an owner's may have nothing less than zero; nothing is held but in accounts of its own",
    findOffenders: ofWallet(
      "SELECT `id` AS `account_id`, `code`, `kind`, `owner_id`, `part`, `floor_amount`, `held` FROM `account` WHERE `code` <> IF(`owner_id` IS NULL, CONCAT_WS(':', 'system', `kind`, `part`), CONCAT_WS(':', `kind`, `owner_id`, `part`)) OR NOT (`floor_amount` <=> IF(`owner_id` IS NULL, NULL, 0)) OR `held` <> 0",
    ),
  },
  {
    name: 'every transfer was told of',
    rule: 'each posted transfer has exactly one row in the outbox',
    findOffenders: async (books) => (await walkTransfers(books)).told,
  },
];
