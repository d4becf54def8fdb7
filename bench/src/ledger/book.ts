import { Database, migrate } from '#libs/database';
import { leaseIdGenerator } from '#libs/ids';
import { EverybodysLock } from '#libs/locks';
import { Outbox } from '#libs/outbox';
import { AccountRepository } from '../../../apps/wallet/src/ledger/account.repository.js';
import type { AccountRef } from '../../../apps/wallet/src/ledger/chart-of-accounts.js';
import { ALIPAY_CLEARING } from '../../../apps/wallet/src/ledger/chart-of-accounts.js';
import { LedgerPosting } from '../../../apps/wallet/src/ledger/ledger-posting.js';
import { LedgerService } from '../../../apps/wallet/src/ledger/ledger.service.js';
import { TransferRepository } from '../../../apps/wallet/src/ledger/transfer.repository.js';
import type { TransferRequest } from '../../../apps/wallet/src/ledger/transfer.js';
import { WALLET_MIGRATIONS } from '../../../apps/wallet/src/migrations/index.js';
import { runConcurrently } from '../recharge/figures.js';

export const WALLETS = 10_000;
const FUNDS = 1_000_000_000_000n;

/** A book of its own with so many wallets that have plenty, and what posts to it in this process. */
export interface Book {
  readonly database: Database;
  readonly ledger: LedgerService;
  /** Ids of the wallets' accounts, by the number of their owner less one. */
  readonly accountIds: readonly string[];
  close(): Promise<void>;
}

export const wallet = (index: number): AccountRef => ({ kind: 'merchant_cash', ownerId: String(index + 1) });

export async function openBook(url: string, schema: string): Promise<Book> {
  const options = { url, schema, migrations: WALLET_MIGRATIONS, poolSize: 8 };
  await migrate(options);
  const database = await new Database(options).open();
  const lease = await leaseIdGenerator(database, () => undefined);
  const outbox = new Outbox({
    source: 'wallet',
    database,
    // Nobody listens; what is measured ends with the commit.
    relay: { relay: () => Promise.resolve() },
    onError: () => undefined,
  });
  const accounts = new AccountRepository(database, lease.ids);
  const posting = new LedgerPosting(database, accounts, new TransferRepository(), outbox, lease.ids);
  const ledger = new LedgerService(posting, new EverybodysLock());
  await runConcurrently(WALLETS, 400, async (index) => void (await ledger.post(funding(index))));
  const rows = await database.query<{ id: string }>(
    "SELECT `id` FROM `account` WHERE `kind` = 'merchant_cash' ORDER BY CAST(`owner_id` AS UNSIGNED)",
  );
  return {
    database,
    ledger,
    accountIds: rows.map(({ id }) => id),
    close: async () => {
      await outbox.close();
      await lease.release();
      await database.close();
    },
  };
}

const funding = (index: number): TransferRequest => ({
  kind: 'recharge',
  scope: 'funding',
  idempotencyKey: String(index),
  reference: String(index),
  externalId: null,
  headers: {},
  legs: [
    { account: wallet(index), amount: FUNDS },
    { account: { system: ALIPAY_CLEARING }, amount: -FUNDS },
  ],
});

/** @throws Error when the book is not what every book must be. */
export async function verify({ database }: Book): Promise<void> {
  const wrong = async (what: string, sql: string) => {
    const rows = await database.query<{ n: string }>(`SELECT COUNT(*) AS \`n\` FROM (${sql}) AS \`wrong\``);
    if (Number(rows[0]?.n) !== 0) throw new Error(`${rows[0]?.n} ${what}`);
  };
  await wrong(
    'accounts are not the sum of their entries, or have gaps in them',
    'SELECT `a`.`id` FROM `account` AS `a` LEFT JOIN `entry` AS `e` ON `e`.`account_id` = `a`.`id` GROUP BY `a`.`id`, `a`.`posted`, `a`.`version` HAVING `a`.`posted` <> COALESCE(SUM(`e`.`amount`), 0) OR `a`.`version` <> COUNT(`e`.`seq`) OR `a`.`version` <> COALESCE(MAX(`e`.`seq`), 0)',
  );
  await wrong(
    'transfers do not sum to zero',
    'SELECT `transfer_id` FROM `entry` GROUP BY `transfer_id` HAVING SUM(`amount`) <> 0 OR COUNT(*) <> 2',
  );
  await wrong(
    'transfers have no event',
    'SELECT `t`.`id` FROM `transfer` AS `t` LEFT JOIN `outbox` AS `o` ON `o`.`aggregate_id` = CAST(`t`.`id` AS CHAR) WHERE `o`.`id` IS NULL',
  );
}
