import type { wallet } from '#libs/contracts';
import type { Database } from '#libs/database';

/** One entry of an account as a test wants it to have happened. */
export interface PlantedEntry {
  readonly seq: number;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
  readonly kind: wallet.TransferKind;
  readonly createdAt: Date;
}

let lastId = 7_000_000_000n;

/** Writes an account with such entries straight into the book, each with a transfer of its own. */
export async function plantAccount(
  database: Database,
  { kind, ownerId, part = null }: { kind: string; ownerId: string; part?: string | null },
  entries: readonly PlantedEntry[],
): Promise<void> {
  const accountId = (lastId += 1n);
  const last = entries.at(-1);
  await database.write(
    "INSERT INTO `account` (`id`, `code`, `owner_id`, `kind`, `part`, `side`, `posted`, `version`, `created_at`) VALUES (?, ?, ?, ?, ?, 'credit', ?, ?, UTC_TIMESTAMP(6))",
    [
      accountId,
      [kind, ownerId, ...(part === null ? [] : [part])].join(':'),
      ownerId,
      kind,
      part,
      last?.balanceAfter ?? 0n,
      entries.length,
    ],
  );
  const rows = entries.map((entry) => ({ ...entry, transferId: (lastId += 1n) }));
  for (let first = 0; first < rows.length; first += 1_000) {
    const some = rows.slice(first, first + 1_000);
    await database.write(
      'INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `reference`, `created_at`) VALUES ?',
      [
        some.map(({ transferId, kind: transferKind, createdAt }) => [
          transferId,
          'planted',
          transferId.toString(),
          Buffer.alloc(32),
          transferKind,
          'posted',
          transferId.toString(),
          createdAt,
        ]),
      ],
    );
    await database.write(
      'INSERT INTO `entry` (`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`) VALUES ?',
      [
        some.map(({ seq, transferId, amount, balanceAfter }) => [
          accountId,
          seq,
          transferId,
          amount,
          balanceAfter,
        ]),
      ],
    );
  }
}
