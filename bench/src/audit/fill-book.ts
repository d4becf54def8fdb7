import { type Connection, createConnection } from 'mysql2/promise';
import { CHAIN_START, linkOf, sealOf } from '#libs/chain';
import { migrate } from '#libs/database';
import { BANK } from '../../../apps/wallet/src/ledger/chart-of-accounts.js';
import { WALLET_MIGRATIONS } from '../../../apps/wallet/src/migrations/index.js';

const WALLETS = 10_000;
const FUNDS = 1_000_000_000_000n;
const AMOUNT = 10_000n;
/** Transfers of one transaction. */
const BATCH = 2_500;
/** Away from the ids that a ledger gives. */
const FIRST_ACCOUNT = 1_000_000n;
const FIRST_TRANSFER = 10_000_000n;
const CREATED_AT = '2026-11-20 10:00:00.000000';

interface Account {
  readonly id: string;
  posted: bigint;
  version: number;
  link: Buffer;
}

/**
 * A book of so many entries as the ledger would have written it, sealed and chained, much faster than by posting: every wallet
 * is funded, and then every other transfer is between two wallets, the rest between a wallet and the platform.
 */
export async function fillBook(url: string, schema: string, entries: number): Promise<void> {
  await migrate({ url, schema, migrations: WALLET_MIGRATIONS });
  const connection = await createConnection({ uri: url, database: schema });
  try {
    await connection.query('SET SESSION foreign_key_checks = 0, unique_checks = 0');
    const bank: Account = { id: BANK.id.toString(), posted: 0n, version: 0, link: CHAIN_START };
    const wallets = Array.from({ length: WALLETS }, (_, index): Account => ({
      id: (FIRST_ACCOUNT + BigInt(index)).toString(),
      posted: 0n,
      version: 0,
      link: CHAIN_START,
    }));
    const wallet = (index: number) => wallets[index % WALLETS] as Account;
    for (let from = 0; from < entries / 2; from += BATCH) {
      const batch = new Batch();
      for (let index = from; index < Math.min(from + BATCH, entries / 2); index += 1) {
        if (index < WALLETS) batch.move(index, bank, wallet(index), FUNDS);
        else if (index % 2 === 0) batch.move(index, wallet(index * 7_919), bank, AMOUNT);
        else batch.move(index, wallet(index * 7_919), wallet(index * 7_919 + 1), AMOUNT);
      }
      await batch.write(connection);
    }
    await writeAccounts(connection, wallets, bank);
  } finally {
    await connection.end();
  }
}

class Batch {
  private readonly transfers: unknown[][] = [];
  private readonly entries: unknown[][] = [];
  private readonly events: unknown[][] = [];

  move(index: number, from: Account, to: Account, amount: bigint): void {
    const id = (FIRST_TRANSFER + BigInt(index)).toString();
    const requestHash = Buffer.alloc(32, index % 256);
    const seal = sealOf({
      id,
      scope: 'bench',
      idempotencyKey: id,
      requestHash,
      kind: 'bench',
      status: 'posted',
      resultCode: null,
      reference: id,
      externalId: `bench:${id}`,
      createdAt: CREATED_AT,
    });
    this.transfers.push([
      id,
      'bench',
      id,
      requestHash,
      'bench',
      'posted',
      id,
      `bench:${id}`,
      CREATED_AT,
      seal,
    ]);
    this.events.push(['transfer.posted', id, `{"transferId":"${id}","filler":"${'x'.repeat(300)}"}`, '{}']);
    this.enter(from, id, -amount, seal);
    this.enter(to, id, amount, seal);
  }

  private enter(account: Account, transferId: string, amount: bigint, seal: Buffer): void {
    account.posted += amount;
    account.version += 1;
    const { id: accountId, version: seq, posted: balanceAfter } = account;
    account.link = linkOf(account.link, { accountId, seq, transferId, amount, balanceAfter }, seal);
    this.entries.push([accountId, seq, transferId, amount, balanceAfter, account.link]);
  }

  async write(connection: Connection): Promise<void> {
    await connection.beginTransaction();
    await connection.query(
      'INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `reference`, `external_id`, `created_at`, `seal`) VALUES ?',
      [this.transfers],
    );
    await connection.query(
      'INSERT INTO `entry` (`account_id`, `seq`, `transfer_id`, `amount`, `balance_after`, `link`) VALUES ?',
      [this.entries],
    );
    await connection.query(
      'INSERT INTO `outbox` (`event_name`, `aggregate_id`, `payload`, `headers`) VALUES ?',
      [this.events],
    );
    await connection.commit();
  }
}

async function writeAccounts(
  connection: Connection,
  wallets: readonly Account[],
  bank: Account,
): Promise<void> {
  await connection.query(
    'INSERT INTO `account` (`id`, `code`, `owner_id`, `kind`, `side`, `floor_amount`, `posted`, `version`, `link`, `created_at`) VALUES ?',
    [
      wallets.map(({ id, posted, version, link }) => [
        id,
        `merchant_cash:${id}`,
        id,
        'merchant_cash',
        'credit',
        0,
        posted,
        version,
        link,
        CREATED_AT,
      ]),
    ],
  );
  await connection.query('UPDATE `account` SET `posted` = ?, `version` = ?, `link` = ? WHERE `id` = ?', [
    bank.posted,
    bank.version,
    bank.link,
    bank.id,
  ]);
}
