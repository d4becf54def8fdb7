// @ts-check
import { styleText } from './style.mjs';

/** Fields that every line has, or that stand elsewhere on the line already. */
const PLAIN_FIELDS = new Set(['level', 'time', 'msg', 'service', 'replica', 'pid', 'hostname', 'err', 'v']);

/** pino writes names or numbers, as it is configured. */
/** @type {Record<string, string>} */
const LEVEL_NAMES = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

/** @type {Record<string, import('./style.mjs').Style>} */
const LEVEL_STYLES = {
  trace: 'gray',
  debug: 'gray',
  info: 'green',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

const SEVERITY = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/** @typedef {{ level?: string | number, time?: string | number, msg?: string, err?: { message?: string, stack?: string } } & Record<string, unknown>} PinoRecord */

/**
 * @typedef {object} LogLine
 * @property {string} level one of pino's; a line that is no JSON counts as `info`
 * @property {string} time
 * @property {string} message
 * @property {Record<string, unknown>} fields
 * @property {string} [stack]
 */

/**
 * @param {string} raw a line of a service's stdout or stderr
 * @returns {LogLine}
 */
export function parseLogLine(raw) {
  /** @type {PinoRecord} */
  let record;
  try {
    record = JSON.parse(raw);
  } catch {
    return { level: 'info', time: '', message: raw, fields: {} };
  }
  if (record === null || typeof record !== 'object')
    return { level: 'info', time: '', message: raw, fields: {} };
  const level = String(record.level ?? 'info');
  return {
    level: LEVEL_NAMES[level] ?? level,
    time: clockTime(record.time),
    message: record.msg ?? record.err?.message ?? '',
    fields: Object.fromEntries(Object.entries(record).filter(([name]) => !PLAIN_FIELDS.has(name))),
    ...(record.err?.stack === undefined ? {} : { stack: record.err.stack }),
  };
}

/** @param {string | number | undefined} time ISO 8601 or milliseconds since 1970 */
function clockTime(time) {
  if (time === undefined) return '';
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(11, 23);
}

/**
 * @param {string} level
 * @param {string} atLeast
 */
export function isAtLeast(level, atLeast) {
  return SEVERITY.indexOf(level) >= SEVERITY.indexOf(atLeast);
}

/**
 * One line for people: time, level, message, then the fields as `name=value`.
 *
 * @param {LogLine} line
 * @param {boolean} colour
 */
export function formatLogLine(line, colour) {
  const fields = Object.entries(line.fields)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' ? quoteIfNeeded(value) : JSON.stringify(value)}`,
    )
    .join(' ');
  const level = line.level.toUpperCase().padEnd(5);
  const head = [
    styleText('gray', line.time, colour),
    styleText(LEVEL_STYLES[line.level] ?? 'green', level, colour),
    line.message,
    styleText('gray', fields, colour),
  ];
  const text = head.filter((part) => part !== '').join(' ');
  return line.stack === undefined ? text : `${text}\n${indent(line.stack)}`;
}

/** @param {string} value */
function quoteIfNeeded(value) {
  return /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
}

/** @param {string} text */
function indent(text) {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
