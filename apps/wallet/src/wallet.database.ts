import type { DatabaseOptions } from '#libs/database';
import { Ledger1763683200000 } from './migrations/1-ledger.js';

export function walletDatabase(environment: {
  readonly MYSQL_URL: string;
  readonly MYSQL_SCHEMA_PREFIX: string;
  readonly MYSQL_POOL_SIZE: number;
}): DatabaseOptions {
  return {
    url: environment.MYSQL_URL,
    schema: `${environment.MYSQL_SCHEMA_PREFIX}wallet`,
    poolSize: environment.MYSQL_POOL_SIZE,
    migrations: [Ledger1763683200000],
  };
}
