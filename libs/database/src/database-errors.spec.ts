import { describe, expect, it } from '@jest/globals';
import { DomainError } from '#libs/contracts';
import {
  isDuplicateKeyError,
  isTransientError,
  unavailableIfUnreachable,
  withoutValues,
} from './database-errors.js';

/** As mysql2 throws it, and as TypeORM wraps it. */
const plain = (errno: number, message = 'x') => Object.assign(new Error(message), { errno });
const wrapped = (errno: number, message = 'x') =>
  Object.assign(new Error(message), { driverError: plain(errno, message) });

describe('an error after which the same transaction may well succeed', () => {
  it.each([
    [1213, 'deadlock'],
    [1205, 'lock wait'],
    [1020, 'changed record'],
  ])('is %d (%s), as the driver or as TypeORM tells it', (errno) => {
    expect(isTransientError(plain(errno))).toBe(true);
    expect(isTransientError(wrapped(errno))).toBe(true);
  });

  it.each([
    plain(1062),
    wrapped(4025),
    plain(2013),
    new Error('1213'),
    '1213',
    null,
    undefined,
    { errno: '1213' },
  ])('is not %p', (error) => {
    expect(isTransientError(error)).toBe(false);
  });
});

describe('a duplicate key', () => {
  const error = wrapped(1062, "Duplicate entry '7-k' for key 'orders_0_key'");
  const withTable = wrapped(1062, "Duplicate entry '7-k' for key 'orders_0.orders_0_key'");

  it('is known by its number, and by its key where that matters, as MariaDB and as MySQL name it', () => {
    for (const each of [error, withTable]) {
      expect(isDuplicateKeyError(each)).toBe(true);
      expect(isDuplicateKeyError(each, 'orders_0_key')).toBe(true);
    }
  });

  it('is not taken for one of another key, nor another error for it', () => {
    expect(isDuplicateKeyError(error, 'PRIMARY')).toBe(false);
    expect(isDuplicateKeyError(error, 'key')).toBe(false);
    expect(isDuplicateKeyError(error, '0_key')).toBe(false);
    expect(isDuplicateKeyError(plain(1213, "for key 'orders_0_key'"), 'orders_0_key')).toBe(false);
  });
});

describe('MySQL out of reach', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'PROTOCOL_CONNECTION_LOST',
    'ER_CON_COUNT_ERROR',
  ])('is UNAVAILABLE in words after %s', (code) => {
    const error = unavailableIfUnreachable({ driverError: { code } }, 'clearbid_wallet');
    expect(DomainError.is(error, 'UNAVAILABLE')).toBe(true);
    expect((error as Error).message).toBe(
      `The database clearbid_wallet can't be reached right now (${code})`,
    );
  });

  it('is UNAVAILABLE too when the driver has no better word than that the connection is closed', () => {
    const closed = Object.assign(new Error("Can't add new command when connection is in closed state"), {
      fatal: true,
    });
    for (const each of [closed, Object.assign(new Error('x'), { driverError: closed })]) {
      expect(DomainError.is(unavailableIfUnreachable(each, 'clearbid_wallet'), 'UNAVAILABLE')).toBe(true);
    }
  });

  it('is nothing else: every other error stays what it is', () => {
    for (const error of [
      plain(1062),
      new Error('x'),
      { code: 7 },
      { code: 'ER_PARSE_ERROR', fatal: true },
      null,
      'ECONNREFUSED',
    ]) {
      expect(unavailableIfUnreachable(error, 'clearbid_wallet')).toBe(error);
    }
  });
});

describe('the values of a statement that failed', () => {
  it('are taken out of the error, wherever TypeORM and mysql2 have put them; the statement stays', () => {
    const driverError = Object.assign(plain(1064, 'syntax'), { sql: "INSERT … VALUES ('hush-hush')" });
    const error = Object.assign(new Error('syntax'), {
      query: 'INSERT … VALUES (?)',
      parameters: ['hush-hush'],
      sql: "INSERT … VALUES ('hush-hush')",
      driverError,
    });

    expect(withoutValues(error)).toBe(error);
    expect(JSON.stringify([error, driverError])).not.toContain('hush-hush');
    expect(error.query).toBe('INSERT … VALUES (?)');
  });

  it.each([null, undefined, 'text', 7])('are not looked for in %p', (thrown) => {
    expect(withoutValues(thrown)).toBe(thrown);
  });
});
