import { Database } from '#libs/database';
import { leaseIdGenerator } from '#libs/ids';
import { EverybodysLock, type OwnerLock } from '#libs/locks';
import { type EncodedEvent, Outbox } from '#libs/outbox';
import { type TestServer, createTestDatabase } from '#libs/testing';
import { AccountRepository } from '../ledger/account.repository.js';
import { LedgerPosting } from '../ledger/ledger-posting.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import { WALLET_MIGRATIONS } from '../migrations/index.js';

export interface ReplicaOptions {
  /** How this replica reaches MySQL; directly by default. */
  readonly url?: string;
  /** The lock that everybody always gets by default: what is right must be right without any. */
  readonly lock?: OwnerLock;
  /** The SQL about transfers, for tests that listen to it. */
  readonly transfers?: TransferRepository;
}

/** One replica of the wallet's ledger. */
export interface LedgerReplica {
  readonly ledger: LedgerService;
  readonly posting: LedgerPosting;
  readonly accounts: AccountRepository;
  readonly outbox: Outbox;
}

/** A ledger in a schema of its own, worked on by any number of replicas. */
export interface TestLedger {
  readonly database: Database;
  readonly url: string;
  /** What the outboxes of all replicas have sent. */
  readonly relayed: readonly EncodedEvent[];
  replica(options?: ReplicaOptions): Promise<LedgerReplica>;
  /** Micro-yuan in the wallet of a merchant; 0 without one. */
  balanceOf(merchant: string): Promise<bigint>;
  /** What the whole book sums to, by the balances and by the entries: zero, always. */
  sums(): Promise<{ balances: bigint; entries: bigint }>;
  /** The entries of a merchant's account in their order: number, amount, balance after. */
  entriesOf(merchant: string): Promise<{ seq: number; amount: bigint; balanceAfter: bigint }[]>;
  /** How many transfers and how many announcements there are under a key. */
  countsOf(idempotencyKey: string): Promise<{ transfers: number; entries: number; events: number }>;
  stop(): Promise<void>;
}

/** @param server where, for tests that look at other schemas beside it; the test run's own by default. */
export async function startTestLedger(server?: TestServer): Promise<TestLedger> {
  const schema = await createTestDatabase('wallet', { migrations: WALLET_MIGRATIONS }, server);
  const { database } = schema;
  const relayed: EncodedEvent[] = [];
  const endings: (() => Promise<void>)[] = [];
  return {
    database,
    url: schema.options.url,
    relayed,
    ...readings(database),
    replica: async ({ url, lock = new EverybodysLock(), transfers = new TransferRepository() } = {}) => {
      const own = url === undefined ? database : await new Database({ ...schema.options, url }).open();
      const leased = await leaseIdGenerator(database, () => undefined);
      const outbox = new Outbox({
        source: 'wallet',
        database: own,
        relay: { relay: async (events) => void relayed.push(...events) },
        onError: () => undefined,
      });
      endings.push(async () => {
        await outbox.close();
        await leased.release();
        if (own !== database) await own.close();
      });
      const accounts = new AccountRepository(own, leased.ids);
      const posting = new LedgerPosting(own, accounts, transfers, outbox, leased.ids);
      return { ledger: new LedgerService(posting, lock), posting, accounts, outbox };
    },
    stop: async () => {
      await Promise.all(endings.map((end) => end()));
      await schema.drop();
    },
  };
}

/** Looks at the book from outside, by SQL of its own. */
function readings(database: Database) {
  const numbers = async (sql: string, parameters: string[] = []): Promise<Record<string, string>[]> =>
    database.query(sql, parameters);
  return {
    balanceOf: async (merchant: string) => {
      const [row] = await numbers('SELECT `posted` FROM `account` WHERE `code` = ?', [
        `merchant_cash:${merchant}`,
      ]);
      return BigInt(row?.['posted'] ?? 0);
    },
    sums: async () => {
      const [row] = await numbers(
        'SELECT (SELECT COALESCE(SUM(`posted`), 0) FROM `account`) AS `balances`, (SELECT COALESCE(SUM(`amount`), 0) FROM `entry`) AS `entries`',
      );
      return { balances: BigInt(row?.['balances'] ?? 1), entries: BigInt(row?.['entries'] ?? 1) };
    },
    entriesOf: async (merchant: string) => {
      const rows = await numbers(
        'SELECT `e`.`seq`, `e`.`amount`, `e`.`balance_after` FROM `entry` AS `e` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` WHERE `a`.`code` = ? ORDER BY `e`.`seq`',
        [`merchant_cash:${merchant}`],
      );
      return rows.map((row) => ({
        seq: Number(row['seq']),
        amount: BigInt(row['amount'] ?? 0),
        balanceAfter: BigInt(row['balance_after'] ?? 0),
      }));
    },
    countsOf: async (idempotencyKey: string) => {
      const [row] = await numbers(
        `SELECT COUNT(DISTINCT \`t\`.\`id\`) AS \`transfers\`, COUNT(DISTINCT \`e\`.\`account_id\`, \`e\`.\`seq\`) AS \`entries\`, COUNT(DISTINCT \`o\`.\`id\`) AS \`events\`
           FROM \`transfer\` AS \`t\`
           LEFT JOIN \`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`t\`.\`id\`
           LEFT JOIN \`outbox\` AS \`o\` ON \`o\`.\`aggregate_id\` = CAST(\`t\`.\`id\` AS CHAR) COLLATE utf8mb4_bin
          WHERE \`t\`.\`idempotency_key\` = ?`,
        [idempotencyKey],
      );
      return {
        transfers: Number(row?.['transfers']),
        entries: Number(row?.['entries']),
        events: Number(row?.['events']),
      };
    },
  };
}
