import { z } from 'zod';

/** EX_CONFIG of sysexits.h: a supervisor need not try again, somebody has to change something first. */
export const EXIT_BAD_CONFIGURATION = 78;

/** What every service reads from its environment. */
export const serviceEnvironment = z.object({
  /** Name of this process among its service's replicas; unique, or two would share one consumer. */
  REPLICA: z.string().min(1).optional(),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }),
  /** Where `/health/*` and `/metrics` are served; 0 takes any free port. */
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
});

/** What every service with a schema of its own reads from its environment. */
export const databaseEnvironment = z.object({
  /** Without a database name: each service adds its own schema. */
  MYSQL_URL: z.url({ protocol: /^(mysql|mariadb)$/ }),
  MYSQL_SCHEMA_PREFIX: z
    .string()
    .regex(/^[a-z0-9_]{0,40}$/)
    .default('clearbid_'),
  MYSQL_POOL_SIZE: z.coerce.number().int().min(1).max(500).default(16),
});

/** A refusal to start, in sentences that name each bad variable and never its value (it may be a secret). */
export class BadConfigurationError extends Error {
  override readonly name = 'BadConfigurationError';

  constructor(service: string, problems: readonly string[]) {
    super(
      `${service} can't start with this configuration:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
}

/**
 * Parses the environment once and freezes it. An empty variable counts as missing, as in every shell script.
 *
 * @throws BadConfigurationError that lists every bad variable at once.
 */
export function loadConfig<Schema extends z.ZodType>(
  service: string,
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
): Readonly<z.output<Schema>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new BadConfigurationError(
    service,
    parsed.error.issues.map((issue) => {
      const variable = issue.path.join('.') || 'environment';
      const missing = issue.path.length === 1 && present[String(issue.path[0])] === undefined;
      return `${variable}: ${missing ? 'is missing' : issue.message}`;
    }),
  );
}
