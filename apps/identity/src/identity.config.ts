import { readFileSync } from 'node:fs';
import type { DatabaseOptions } from '#libs/database';
import { databaseEnvironment, serviceEnvironment } from '#libs/service';
import { ACCESS_TOKEN, STEP_UP_TOKEN } from '#libs/sessions';
import { z } from 'zod';
import { MIGRATIONS } from './migrations/index.js';
import { sessionPrivateKey } from './tokens/access-token-signer.js';

/** Read at once, so that a bad key is told together with every other bad variable. */
const privateKeyFile = z.string().transform((file, context) => {
  try {
    return sessionPrivateKey(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem = code === undefined ? message : `can't be read (${code})`;
    context.issues.push({ code: 'custom', message: `${file} ${problem}`, input: file });
    return z.NEVER;
  }
});

/** What identity reads from its environment. */
export const identityEnvironment = z.object({
  ...serviceEnvironment.shape,
  ...databaseEnvironment.shape,
  /** Ed25519, PKCS#8 PEM; the gateway has the public half. */
  SESSION_PRIVATE_KEY_FILE: privateKeyFile,
  /** At most as long as the mark of an ended session stays in Redis, or a token could outlive the mark. */
  ACCESS_TOKEN_LIFE_SECONDS: z.coerce
    .number()
    .int()
    .min(10)
    .max(ACCESS_TOKEN.lifeMs / 1000)
    .default(ACCESS_TOKEN.lifeMs / 1000),
  /** How long a password that was shown again is good for. */
  STEP_UP_SECONDS: z.coerce
    .number()
    .int()
    .min(10)
    .max(3_600)
    .default(STEP_UP_TOKEN.lifeMs / 1000),
  /** Passwords hashed at once in this process; each takes a core and one of the four threads of libuv. */
  PASSWORD_HASH_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(2),
});
export type IdentityEnvironment = z.output<typeof identityEnvironment>;

/** Identity's own schema. */
export function identityDatabase(environment: z.output<typeof databaseEnvironment>): DatabaseOptions {
  return {
    url: environment.MYSQL_URL,
    schema: `${environment.MYSQL_SCHEMA_PREFIX}identity`,
    poolSize: environment.MYSQL_POOL_SIZE,
    migrations: MIGRATIONS,
  };
}
