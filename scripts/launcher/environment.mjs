// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { Problem } from './problem.mjs';

/**
 * @typedef {object} Settings
 * @property {string} root of the repository
 * @property {string} dataDir where everything that outlives a start is kept
 * @property {number} port
 * @property {number} sandboxPort
 * @property {number} replicas
 * @property {string | undefined} mysqlUrl
 * @property {string | undefined} redisUrl
 * @property {boolean} production
 */

/**
 * Adds what `.env` says and the process's environment doesn't, then reads what the launcher itself needs.
 *
 * @param {string} root
 * @returns {Settings}
 * @throws {Problem} that names the bad variable
 */
export function readSettings(root) {
  const file = join(root, '.env');
  if (existsSync(file)) {
    for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8'))))
      process.env[name] ??= value;
  }
  return {
    root,
    dataDir: resolve(root, textOf('CLEARBID_DATA_DIR') ?? '.clearbid'),
    port: numberOf('PORT', 3000, 1, 65_535),
    sandboxPort: numberOf('SANDBOX_PORT', 3100, 1, 65_535),
    replicas: numberOf('REPLICAS', 1, 1, 16),
    mysqlUrl: textOf('MYSQL_URL'),
    redisUrl: textOf('REDIS_URL'),
    production: process.env.NODE_ENV === 'production',
  };
}

/**
 * @param {string} name
 * @returns {string | undefined} undefined also when empty, as in every shell script
 */
function textOf(name) {
  return process.env[name]?.trim() || undefined;
}

/**
 * @param {string} name
 * @param {number} fallback
 * @param {number} least
 * @param {number} most
 */
function numberOf(name, fallback, least, most) {
  const text = textOf(name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Problem(`${name} must be a whole number from ${least} to ${most}, not "${text}".`);
}
