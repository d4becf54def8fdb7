import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { BadConfigurationError, databaseEnvironment, loadConfig, serviceEnvironment } from './config.js';

const environment = serviceEnvironment.extend(databaseEnvironment.shape);
const GOOD = { REDIS_URL: 'redis://127.0.0.1:6379', MYSQL_URL: 'mysql://root:hush-hush@127.0.0.1:3306' };

function problemsOf(variables: NodeJS.ProcessEnv, schema: z.ZodType = environment): string[] {
  try {
    loadConfig('wallet', schema, variables);
  } catch (error) {
    if (error instanceof BadConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a good environment', () => {
  it('is parsed once, with what was left out filled in, and can not be changed afterwards', () => {
    const config = loadConfig('wallet', environment, { ...GOOD, HEALTH_PORT: '8080', UNRELATED: 'x' });
    expect(config).toEqual({
      ...GOOD,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      HEALTH_PORT: 8080,
      MYSQL_SCHEMA_PREFIX: 'clearbid_',
      MYSQL_POOL_SIZE: 16,
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes an empty variable for a missing one, as every shell does', () => {
    expect(
      loadConfig('wallet', environment, { ...GOOD, HOST: '', LOG_LEVEL: '', REPLICA: '' }),
    ).toMatchObject({
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
    });
    expect(problemsOf({ ...GOOD, MYSQL_URL: '' })[1]).toBe('  - MYSQL_URL: is missing');
  });
});

describe('a bad environment', () => {
  it('is refused with every bad variable at once, by its name, and the service that it was meant for', () => {
    const problems = problemsOf({
      LOG_LEVEL: 'loud',
      HEALTH_PORT: '70000',
      MYSQL_URL: 'http://hush-hush',
      MYSQL_SCHEMA_PREFIX: 'x-y;',
    });
    expect(problems[0]).toBe("wallet can't start with this configuration:");
    const named = problems.slice(1).map((problem) => /^ {2}- (\w+):/.exec(problem)?.[1] ?? '');
    expect(named.sort()).toEqual([
      'HEALTH_PORT',
      'LOG_LEVEL',
      'MYSQL_SCHEMA_PREFIX',
      'MYSQL_URL',
      'REDIS_URL',
    ]);
    expect(problems).toContain('  - REDIS_URL: is missing');
  });

  it.each([
    ['REDIS_URL', 'hush-hush'],
    ['REDIS_URL', 'mysql://u:hush-hush@h:1'],
    ['MYSQL_URL', 'mysql//u:hush-hush@h'],
    ['MYSQL_SCHEMA_PREFIX', 'hush-hush'],
    ['MYSQL_POOL_SIZE', 'hush-hush'],
    ['HEALTH_PORT', 'hush-hush'],
    ['LOG_LEVEL', 'hush-hush'],
  ])('is never repeated: %s may hold a secret', (variable, value) => {
    const problems = problemsOf({ ...GOOD, [variable]: value });
    expect(problems).toHaveLength(2);
    expect(problems[1]).toContain(variable);
    expect(problems.join()).not.toContain('hush-hush');
  });

  it.each([
    ['HEALTH_PORT', '-1'],
    ['HEALTH_PORT', '1.5'],
    ['HEALTH_PORT', '65536'],
    ['MYSQL_POOL_SIZE', '0'],
    ['MYSQL_POOL_SIZE', '501'],
    ['REDIS_URL', 'http://127.0.0.1'],
    ['MYSQL_SCHEMA_PREFIX', 'Clearbid`'],
  ])('has %s=%s', (variable, value) => {
    expect(problemsOf({ ...GOOD, [variable]: value })[1]).toContain(variable);
  });

  it('may be bad as a whole: a rule over several variables is told as one of the environment', () => {
    const pair = z
      .object({ A: z.string(), B: z.string() })
      .refine(({ A, B }) => A !== B, 'A and B must differ');
    expect(problemsOf({ A: 'x', B: 'x' }, pair)[1]).toBe('  - environment: A and B must differ');
  });
});
