import type { DatabaseOptions } from '#libs/database';
import { WITHDRAWAL_MIGRATIONS } from './migrations/index.js';

export function withdrawalDatabase(environment: {
  readonly MYSQL_URL: string;
  readonly MYSQL_SCHEMA_PREFIX: string;
  readonly MYSQL_POOL_SIZE: number;
}): DatabaseOptions {
  return {
    url: environment.MYSQL_URL,
    schema: `${environment.MYSQL_SCHEMA_PREFIX}withdrawal`,
    poolSize: environment.MYSQL_POOL_SIZE,
    migrations: WITHDRAWAL_MIGRATIONS,
  };
}
