import { DataSource, type EntitySchema, type MixedList, type QueryRunner } from 'typeorm';
import {
  CommitOutcomeUnknownError,
  isTransientError,
  unavailableIfUnreachable,
  withoutValues,
} from './database-errors.js';

export type SqlValue = string | number | bigint | boolean | Date | Buffer | null | readonly SqlValue[];
export type SqlParameters = readonly SqlValue[];

/** What a writing statement did. mysql2 sets FOUND_ROWS: `affectedRows` counts rows *matched*, not changed. */
export interface WriteResult {
  readonly affectedRows: number;
  readonly insertId: number;
}

/** Something that runs SQL: a database, or one open transaction in it. Repositories take this. */
export interface SqlExecutor {
  /** Rows of a SELECT. BIGINT and DECIMAL arrive as strings: convert once, in the repository. */
  query<Row>(sql: string, parameters?: SqlParameters): Promise<Row[]>;
  /** An INSERT, UPDATE or DELETE. */
  write(sql: string, parameters?: SqlParameters): Promise<WriteResult>;
}

/** One open transaction. */
export interface Transaction extends SqlExecutor {
  /**
   * Runs after the commit is acknowledged, never after a rollback; must not throw. If the process dies before it, it
   * is never run: only for what a sweep would do anyway, sooner.
   */
  afterCommit(action: () => void): void;
}

export interface DatabaseOptions {
  /** `mysql://user:password@host:port`, without a database name. */
  readonly url: string;
  /** Name of the schema, e.g. `clearbid_wallet`. */
  readonly schema: string;
  readonly poolSize?: number;
  readonly entities?: MixedList<string | Function | EntitySchema>;
  readonly migrations?: MixedList<string | Function>;
}

const TRANSACTION_ATTEMPTS = 8;
const SESSION_RULES = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION time_zone = '+00:00'",
];

/** The part of mysql2's callback pool that TypeORM's driver holds and this file touches. */
interface ConnectionPool {
  on(event: 'connection', listener: (connection: { query(sql: string): unknown }) => void): void;
}

/**
 * One MySQL/MariaDB schema. All of the platform's SQL passes through here, so this is also where every session is
 * given the same rules: READ COMMITTED (gap locks would make neighbouring wallets wait for each other) and UTC.
 */
export class Database implements SqlExecutor {
  /** For entities and migrations; SQL goes through `query`, `write` and `transaction`. */
  readonly dataSource: DataSource;
  private readonly endings: (() => Promise<void>)[] = [];

  constructor(private readonly options: DatabaseOptions) {
    const { hostname, port, username, password } = new URL(options.url);
    this.dataSource = new DataSource({
      type: 'mariadb',
      host: hostname,
      port: Number(port || 3306),
      username: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: options.schema,
      charset: 'utf8mb4',
      timezone: 'Z',
      supportBigNumbers: true,
      bigNumberStrings: true,
      synchronize: false,
      logging: false,
      poolSize: options.poolSize ?? 16,
      entities: options.entities ?? [],
      migrations: options.migrations ?? [],
      migrationsTableName: 'schema_migration',
      // Probed after ten quiet seconds: left to the kernel, a server that lost its power holds whoever waits for it two hours.
      extra: { enableKeepAlive: true, keepAliveInitialDelay: 10_000, connectTimeout: 5_000 },
    });
  }

  get schema(): string {
    return this.options.schema;
  }

  async open(): Promise<this> {
    await this.dataSource.initialize();
    // The pool has made exactly one connection by now, which the query takes; the later ones pass the hook.
    (this.dataSource.driver as unknown as { pool: ConnectionPool }).pool.on('connection', (connection) => {
      for (const rule of SESSION_RULES) connection.query(rule);
    });
    for (const rule of SESSION_RULES) await this.dataSource.query(rule);
    return this;
  }

  /** Something that needs the database for its own ending: run by `close`, the latest first. */
  beforeClose(action: () => Promise<void>): void {
    this.endings.unshift(action);
  }

  async close(): Promise<void> {
    for (const ending of this.endings.splice(0)) await ending();
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  async query<Row>(sql: string, parameters: SqlParameters = []): Promise<Row[]> {
    return (await this.single(sql, parameters)) as Row[];
  }

  /** Commits by itself. When the connection breaks in the middle, it is not known whether it did. */
  async write(sql: string, parameters: SqlParameters = []): Promise<WriteResult> {
    return (await this.single(sql, parameters)) as WriteResult;
  }

  private async single(sql: string, parameters: SqlParameters): Promise<unknown> {
    try {
      return await run(this.dataSource, sql, parameters);
    } catch (error) {
      throw unavailableIfUnreachable(error, this.schema);
    }
  }

  /**
   * Runs `work` in one transaction and commits it. The whole transaction is run again after a deadlock (1213), a lock
   * wait time-out (1205) or a changed record (1020), so `work` must have no effect outside it. No HTTP in here.
   *
   * @throws CommitOutcomeUnknownError when the connection broke at COMMIT: look the work up by its key before retrying.
   * @throws DomainError `UNAVAILABLE` when MySQL could not be reached before that: nothing has happened.
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (attempt >= TRANSACTION_ATTEMPTS || !isTransientError(error)) {
          throw unavailableIfUnreachable(error, this.schema);
        }
        // The two that deadlocked must not meet again at the same moment.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** attempt));
      }
    }
  }

  private async attempt<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const actions: (() => void)[] = [];
    let committing = false;
    try {
      await runner.query('START TRANSACTION');
      const result = await work(transactionOn(runner, actions));
      committing = true;
      await runner.query('COMMIT');
      for (const action of actions) action();
      return result;
    } catch (error) {
      if (committing && !isTransientError(error)) throw new CommitOutcomeUnknownError(error);
      // A connection that can't even roll back is closed, which rolls back too.
      await runner.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** Both a pool and one connection of it. */
type Runner = Pick<QueryRunner | DataSource, 'query'>;

async function run(runner: Runner, sql: string, parameters: SqlParameters): Promise<unknown> {
  try {
    return (await runner.query(sql, [...parameters])) as unknown;
  } catch (error) {
    throw withoutValues(error);
  }
}

function transactionOn(runner: QueryRunner, actions: (() => void)[]): Transaction {
  return {
    query: async <Row>(sql: string, parameters: SqlParameters = []) =>
      (await run(runner, sql, parameters)) as Row[],
    write: async (sql, parameters = []) => (await run(runner, sql, parameters)) as WriteResult,
    afterCommit: (action) => void actions.push(action),
  };
}
