import { DomainError } from '#libs/contracts';

/** MySQL error numbers that the code decides upon (MySQL 8 Reference, "Server Error Message Reference"). */
const ER_DUP_ENTRY = 1062;
const ER_LOCK_WAIT_TIMEOUT = 1205;
const ER_LOCK_DEADLOCK = 1213;
/** MariaDB: "Record has changed since last read". */
const ER_CHECKREAD = 1020;

/** The connection broke while COMMIT was on its way: the transaction may stand or not. */
export class CommitOutcomeUnknownError extends Error {
  override readonly name = 'CommitOutcomeUnknownError';

  constructor(cause: unknown) {
    super('The connection to MySQL broke at COMMIT: the transaction may stand or not', { cause });
  }
}

function errnoOf(error: unknown): number | undefined {
  const driverError = (error as { driverError?: { errno?: unknown } } | null)?.driverError;
  const errno = driverError?.errno ?? (error as { errno?: unknown } | null)?.errno;
  return typeof errno === 'number' ? errno : undefined;
}

/** The server itself rolled back or refused, and the same transaction may well succeed when it is run again. */
export function isTransientError(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === ER_LOCK_DEADLOCK || errno === ER_LOCK_WAIT_TIMEOUT || errno === ER_CHECKREAD;
}

/** A unique key refused the row; with `key`, that very key. */
export function isDuplicateKeyError(error: unknown, key?: string): boolean {
  if (errnoOf(error) !== ER_DUP_ENTRY) return false;
  return (
    key === undefined ||
    (error as Error).message.includes(`'${key}'`) ||
    (error as Error).message.includes(`.${key}'`)
  );
}

const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
]);

/** Turns "MySQL can't be reached" into the refusal that callers know how to wait for; leaves all else as it is. */
export function unavailableIfUnreachable(error: unknown, schema: string): unknown {
  const reason = reasonOf(((error ?? {}) as { driverError?: unknown }).driverError ?? error);
  if (reason === undefined) return error;
  return new DomainError('UNAVAILABLE', `The database ${schema} can't be reached right now (${reason})`);
}

function reasonOf(error: unknown): string | undefined {
  const { code, fatal } = (error ?? {}) as { code?: unknown; fatal?: unknown };
  if (typeof code === 'string') return UNREACHABLE_CODES.has(code) ? code : undefined;
  // mysql2 refuses what is sent on a connection that broke a moment ago without giving that a code.
  return fatal === true ? 'connection closed' : undefined;
}

/**
 * Takes the values out of a failed statement's error: TypeORM and mysql2 put them in (`parameters`, `sql`), and what is
 * in an error ends up in a log: e-mail addresses, hashes of passwords and tokens. The statement with its question marks
 * stays.
 */
export function withoutValues(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  for (const carrier of [error, (error as { driverError?: unknown }).driverError]) {
    if (typeof carrier !== 'object' || carrier === null) continue;
    if ('parameters' in carrier) carrier.parameters = undefined;
    if ('sql' in carrier) carrier.sql = undefined;
  }
  return error;
}
