import type { ResponseOf, wallet } from '#libs/contracts';
import { type Connection, type RowDataPacket, createConnection } from 'mysql2/promise';
import { leaseIdGenerator } from '#libs/ids';
import { Log, Metrics } from '#libs/service';
import { Alarm } from '../checker/alarm.js';
import { BookReader } from '../checker/book-reader.js';
import { CheckerConfig } from '../checker/checker.config.js';
import { CheckerJob } from '../checker/checker-job.js';
import { CheckerController } from '../checker/checker.controller.js';
import { CommitCheck } from '../checker/commit-check.js';
import { FindingRepository } from '../checker/finding.repository.js';
import { ProgressRepository } from '../checker/progress.repository.js';
import { Replay } from '../checker/replay.js';
import { ReplayAccounts } from '../checker/replay-accounts.js';
import { Suspects } from '../checker/suspects.js';
import type { LedgerReplica, TestLedger } from './test-ledger.js';

type State = ResponseOf<typeof wallet.getCheckerState>;

/** One replica of the checker; nothing in it runs by itself. */
export interface TestChecker {
  readonly commits: CommitCheck;
  readonly replay: Replay;
  readonly controller: CheckerController;
  readonly metrics: Metrics;
  /** What runs all of it again and again, once it is started. */
  readonly job: CheckerJob;
  state(): Promise<State>;
  /** Checks commits until there is none left. */
  catchUp(): Promise<void>;
  /** A whole pass over the book, from its beginning. */
  passOver(): Promise<void>;
  release(): Promise<void>;
}

interface CheckerOptions {
  /** Of the replay. */
  readonly perSecond?: number;
  readonly settleMs?: number;
  /** The SQL about progress, for tests that let a replica die at it. */
  readonly progress?: ProgressRepository;
}

export async function startTestChecker(
  { database }: TestLedger,
  { outbox }: Pick<LedgerReplica, 'outbox'>,
  { perSecond = 1_000_000, settleMs = 0, progress = new ProgressRepository() }: CheckerOptions = {},
): Promise<TestChecker> {
  const { ids, release } = await leaseIdGenerator(database, () => undefined);
  const log = Log.create('wallet', 'wallet-1', 'silent');
  const metrics = new Metrics('wallet', 'wallet-1');
  const [reader, findings] = [new BookReader(), new FindingRepository(ids)];
  const alarm = new Alarm(findings, outbox, log, metrics);
  const config = new CheckerConfig({
    CHECKER_EVERY_MS: 10,
    CHECKER_SETTLE_MS: settleMs,
    CHECKER_REPLAY_PER_SECOND: perSecond,
    CHECKER_REPLAY_PAUSE_MS: 0,
  });
  const suspects = new Suspects(reader);
  const commits = new CommitCheck(database, reader, progress, suspects, alarm, config);
  const accounts = new ReplayAccounts(reader, progress);
  const replay = new Replay(database, reader, progress, accounts, alarm, config);
  const controller = new CheckerController(database, progress, findings, log);
  const job = new CheckerJob(database, progress, findings, commits, replay, config, log, metrics);
  const state = () => controller.getCheckerState({ limit: 100 });
  return {
    commits,
    replay,
    controller,
    metrics,
    job,
    state,
    release,
    catchUp: async () => {
      while ((await commits.round()) > 0) continue;
    },
    passOver: async () => {
      await database.write("UPDATE `checker_progress` SET `state` = NULL WHERE `name` = 'replay'");
      const { pass } = (await state()).replay;
      while ((await state()).replay.pass === pass) await replay.round();
    },
  };
}

/** Somebody who writes into the book by hand, past every guard that the schema has. */
export class Intruder {
  private constructor(private readonly connection: Connection) {}

  static async enter({ url, database }: TestLedger): Promise<Intruder> {
    const connection = await createConnection({
      uri: url,
      database: database.schema,
      supportBigNumbers: true,
      bigNumberStrings: true,
      dateStrings: true,
      timezone: 'Z',
    });
    await connection.query('SET SESSION foreign_key_checks = 0, check_constraint_checks = 0');
    return new Intruder(connection);
  }

  async change(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    await this.connection.query(sql, [...parameters]);
  }

  /** All that the book says of one account: given back, it stands as it was. */
  async remember(code: string): Promise<() => Promise<void>> {
    const read = async (sql: string) => (await this.connection.query<RowDataPacket[]>(sql, [code]))[0];
    const account = await read('SELECT * FROM `account` WHERE `code` = ?');
    const transfers = await read(
      'SELECT DISTINCT `t`.* FROM `transfer` AS `t` JOIN `entry` AS `e` ON `e`.`transfer_id` = `t`.`id` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` WHERE `a`.`code` = ?',
    );
    const entries = await read(
      'SELECT `e`.* FROM `entry` AS `e` JOIN `account` AS `a` ON `a`.`id` = `e`.`account_id` WHERE `a`.`code` = ?',
    );
    return async () => {
      for (const { id } of account)
        await this.connection.query('DELETE FROM `entry` WHERE `account_id` = ?', [id]);
      for (const [table, rows] of Object.entries({ account, transfer: transfers, entry: entries }))
        for (const row of rows) await this.connection.query(`REPLACE INTO \`${table}\` SET ?`, [row]);
    };
  }

  leave(): Promise<void> {
    return this.connection.end();
  }
}
