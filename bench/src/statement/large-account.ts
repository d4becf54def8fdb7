import { Database, migrate } from '#libs/database';
import { WALLET_MIGRATIONS } from '../../../apps/wallet/src/migrations/index.js';

export const OWNER = '4242';
/** Every so many entries one of this kind; the bench looks for them. */
const RARE_EVERY = 5_000;
const ROWS_AT_ONCE = 5_000;
const START_MS = Date.UTC(2025, 0, 1);
/** A million entries are two years. */
const BETWEEN_MS = 60_000;

export const RARE = 'adjustment';

/** When an entry was made, as the filling dates them. */
export const momentOf = (seq: number): Date => new Date(START_MS + seq * BETWEEN_MS);

export interface LargeAccount {
  readonly database: Database;
  readonly entries: number;
  readonly filledPerSecond: number;
}

/**
 * One account with so many entries, each of a transfer of its own, as the ledger would have written them; its other side is
 * left out. The transfers' ids are those of many wallets that post at the same time: they do not lie beside each other.
 */
export async function fillLargeAccount(
  url: string,
  entries: number,
  onProgress: (text: string) => void,
): Promise<LargeAccount> {
  const options = { url, schema: 'statement_bench', migrations: WALLET_MIGRATIONS, poolSize: 4 };
  await migrate(options);
  const database = await new Database(options).open();
  const startedAt = performance.now();
  await database.write(
    "INSERT INTO `account` (`id`, `code`, `owner_id`, `kind`, `side`, `posted`, `floor_amount`, `version`, `created_at`) VALUES (1, ?, ?, 'merchant_cash', 'credit', ?, 0, ?, UTC_TIMESTAMP(6))",
    [`merchant_cash:${OWNER}`, OWNER, BigInt(entries), entries],
  );
  for (let first = 1; first <= entries; first += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, entries - first + 1);
    const seqs = Array.from({ length: count }, (_, index) => first + index);
    await database.transaction(async (transaction) => {
      await transaction.write(
        'INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `reference`, `created_at`) VALUES ?',
        [
          seqs.map((seq) => [
            transferIdOf(seq),
            'bench',
            String(seq),
            Buffer.alloc(32),
            kindOf(seq),
            'posted',
            String(seq),
            momentOf(seq),
          ]),
        ],
      );
      await transaction.write(
        'INSERT INTO `entry` (`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`) VALUES ?',
        [seqs.map((seq) => [1, seq, transferIdOf(seq), 1, seq])],
      );
    });
    onProgress(`${(first + count - 1).toLocaleString('en')} of ${entries.toLocaleString('en')} entries`);
  }
  return { database, entries, filledPerSecond: entries / ((performance.now() - startedAt) / 1_000) };
}

/** Spread over a thousand times as many, in ascending order, as ids of one busy platform are. */
const transferIdOf = (seq: number): bigint => 1_000_000n + BigInt(seq) * 1_000n;

const kindOf = (seq: number): string =>
  seq % RARE_EVERY === 0 ? RARE : seq % 10 === 0 ? 'budget_hold' : 'recharge';
