import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isDuplicateKeyError } from '#libs/database';
import { CHAIN_INVARIANTS } from './chain-invariants.js';
import type { OffendingRow } from './invariant.js';
import { LEDGER_INVARIANTS } from './ledger-invariants.js';
import { type AuditedBooks, startAuditedBooks } from './testing/audited-books.js';

let books: AuditedBooks;
beforeAll(async () => {
  books = await startAuditedBooks();
}, 60_000);
afterAll(() => books.stop());

/** What one byte of each kind of column can become, in SQL; a column without a value gets one. */
const CHANGES = {
  number: (column: string, dice: Dice) => `CAST(COALESCE(${column}, 0) ^ (1 << ${dice(63)}) AS SIGNED)`,
  text: (column: string, dice: Dice) => {
    const at = `1 + MOD(${dice(1_000)}, CHAR_LENGTH(${column}))`;
    return `IF(COALESCE(${column}, '') = '', 'x', INSERT(${column}, ${at}, 1, CONVERT(CHAR(ASCII(SUBSTR(${column}, ${at}, 1)) ^ 1) USING utf8mb4)))`;
  },
  hash: (column: string, dice: Dice) => {
    const at = 1 + dice(32);
    return `INSERT(${column}, ${at}, 1, CHAR(ORD(SUBSTR(${column}, ${at}, 1)) ^ ${1 << dice(8)}))`;
  },
  time: (column: string, dice: Dice) => `${column} + INTERVAL ${256 ** dice(4)} MICROSECOND`,
};

/** Every column of an entry and of a transfer, and of an account those that say whose it is and what is in it. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, keyof typeof CHANGES>>>> = {
  entry: {
    account_id: 'number',
    seq: 'number',
    transfer_id: 'number',
    amount: 'number',
    balance_after: 'number',
    link: 'hash',
  },
  transfer: {
    id: 'number',
    scope: 'text',
    idempotency_key: 'text',
    request_hash: 'hash',
    kind: 'text',
    status: 'text',
    result_code: 'text',
    reference: 'text',
    external_id: 'text',
    resolves_id: 'number',
    created_at: 'time',
    seal: 'hash',
  },
  account: {
    code: 'text',
    owner_id: 'number',
    kind: 'text',
    part: 'text',
    posted: 'number',
    held: 'number',
    floor_amount: 'number',
    version: 'number',
    link: 'hash',
  },
};

const KEYS: Readonly<Record<string, readonly string[]>> = {
  entry: ['account_id', 'seq'],
  transfer: ['id'],
  account: ['id'],
};

type Dice = (sides: number) => number;

/** mulberry32: the same throws for the same seed. */
function diceOf(seed: number): Dice {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * sides);
  };
}

const SEED = 20_261_121;
const ROWS_OF_EACH_COLUMN = 10;
const cases = Object.entries(COLUMNS).flatMap(([table, columns]) =>
  Object.entries(columns).map(([column, type]) => ({ table, column, type })),
);

/** Some bytes can't change at all: there would be two rows with one key. */
function refusalOf(error: Error, row: Readonly<Record<string, string>>): OffendingRow[] {
  if (!isDuplicateKeyError(error)) throw error;
  return [{ account_id: row['account_id'] ?? row['id'], transfer_id: row['id'] }];
}

it.each(cases)(
  'A byte that has changed in any $column of a row of $table is found, and its row is named',
  async ({ table, column, type }) => {
    const dice = diceOf(SEED + cases.findIndex((each) => each.table === table && each.column === column));
    const rows = await books.query<Record<string, string>>(
      `SELECT ${(KEYS[table] ?? []).join(', ')}${table === 'entry' ? ', transfer_id' : ''} FROM \`${table}\``,
    );
    for (let count = 0; count < ROWS_OF_EACH_COLUMN; count += 1) {
      const row = rows[dice(rows.length)] ?? {};
      const where = (KEYS[table] ?? []).map((key) => `\`${key}\` = ${row[key]}`).join(' AND ');
      const change = `UPDATE {w}.\`${table}\` SET \`${column}\` = ${CHANGES[type](`\`${column}\``, dice)} WHERE ${where}`;
      const offenders = await books
        .offendersAfter(change, [...LEDGER_INVARIANTS, ...CHAIN_INVARIANTS])
        .catch((error: Error) => refusalOf(error, row));
      const named = offenders.filter((offender) =>
        table === 'transfer'
          ? // A transfer whose id has changed is named by the one that it has now; its entries have the old one.
            offender['transfer_id'] === row['id'] || column === 'id'
          : offender['account_id'] === (row['account_id'] ?? row['id']),
      );
      expect({ change, isNamed: named.length > 0 }).toEqual({ change, isNamed: true });
    }
  },
);
