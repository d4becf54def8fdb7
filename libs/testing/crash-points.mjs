import { appendFileSync, readFileSync, unlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * `node --import …/libs/testing/crash-points.mjs some-service.js`: stands in the doors through which all of a service's
 * I/O goes (MySQL, Redis, HTTP), and writes down what goes through, or dies there. A new await is seen without anybody
 * remembering it. What to do stands in `$CRASH_POINTS_DIR/<replica>.json`, looked at for every call:
 * `{ "mode": "record" }`, or `{ "mode": "before" | "after" | "lost", "point": …, "occurrence": n }`. What was recorded is in
 * `<replica>.log`, a line each; an order to die is gone when it was followed.
 */
const folder = process.env['CRASH_POINTS_DIR'] ?? '';
const name = process.env['REPLICA'] ?? '';
const orderFile = join(folder, `${name}.json`);
const logFile = join(folder, `${name}.log`);
const require = createRequire(import.meta.url);

/** How often a point was passed under the order of now. */
let passed = 0;
let orderText = '';

function readOrder() {
  let text;
  try {
    text = readFileSync(orderFile, 'utf8');
  } catch {
    return undefined;
  }
  if (text !== orderText) {
    orderText = text;
    passed = 0;
  }
  return text === '' ? undefined : JSON.parse(text);
}

function die() {
  process.kill(process.pid, 'SIGKILL');
  // Nothing more happens here, however long the signal takes.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** @returns {'after' | 'lost' | undefined} what shall become of the answer */
function pass(point) {
  const order = readOrder();
  if (order === undefined) return undefined;
  if (order.mode === 'record') {
    appendFileSync(logFile, `${point}\n`);
    return undefined;
  }
  if (order.point !== point) return undefined;
  passed += 1;
  if (passed !== order.occurrence) return undefined;
  // Once: whoever comes after this process must live. And only if the order has not just been withdrawn.
  try {
    unlinkSync(orderFile);
  } catch {
    return undefined;
  }
  if (order.mode === 'before') die();
  return order.mode;
}

const plain = (text) => text.replace(/\s+/g, ' ').replace(/\d+/g, 'N').trim();

/** A statement without its values: as many rows as it may have, it is the same. */
const statementOf = (sql) =>
  plain(sql)
    .replace(/\((\?|N|'[^']*'|, )+\)(, \((\?|N|'[^']*'|, )+\))*/g, '(…)')
    .replace(/( UNION ALL SELECT (\?|, )+)+/g, ' …')
    .slice(0, 160);

const { Connection } = require('mysql2');
const connections = Object.getPrototypeOf(Connection.prototype);
/** What was last said on a connection: a COMMIT alone says nothing. */
const lastStatements = new WeakMap();
for (const door of ['query', 'execute']) {
  const original = connections[door];
  connections[door] = function passDoor(...args) {
    const callback = args.at(-1);
    const sql = typeof args[0] === 'string' ? args[0] : args[0]?.sql;
    if (typeof callback !== 'function' || typeof sql !== 'string') return original.apply(this, args);
    const statement = statementOf(sql);
    const isBare = /^(COMMIT|ROLLBACK)$/.test(statement);
    const point = isBare ? `sql ${statement} after ${lastStatements.get(this) ?? ''}` : `sql ${statement}`;
    lastStatements.set(this, statement);
    const fate = pass(point);
    if (fate === undefined) return original.apply(this, args);
    const answered = (...answer) => {
      if (fate === 'after') die();
      this.destroy();
      const lost = Object.assign(new Error('The answer was lost'), {
        code: 'PROTOCOL_CONNECTION_LOST',
        fatal: true,
      });
      callback(answer[0] ?? lost);
    };
    return original.apply(this, [...args.slice(0, -1), answered]);
  };
}

/** XREADGROUP gives null or streams, XAUTOCLAIM its messages in the second place. */
const hasMessages = (answer) => Array.isArray(answer) && (answer.length === 1 || answer[1]?.length > 0);

const { Redis } = require('ioredis');
const sendCommand = Reflect.get(Redis.prototype, 'sendCommand');
Redis.prototype.sendCommand = function passDoor(command, ...rest) {
  const key = command.args.find((arg) => String(arg).startsWith('clearbid')) ?? '';
  const point = `redis ${command.name} ${plain(String(key).replace(/[0-9a-f-]{8,}/g, 'N'))}`.slice(0, 160);
  const fate = pass(point);
  // Whoever waits for messages asks all the time: what counts is that one has come.
  const isDelivery = command.name === 'xreadgroup' || command.name === 'xautoclaim';
  if (fate !== undefined || isDelivery) {
    const settle = command.resolve;
    command.resolve = (answer) => {
      const end = fate ?? (hasMessages(answer) ? pass(`${point} brings messages`) : undefined);
      if (end === undefined) {
        settle(answer);
        return;
      }
      if (end === 'after') die();
      command.reject(new Error('Connection is closed.'));
      this.disconnect(true);
    };
  }
  return sendCommand.call(this, command, ...rest);
};

const send = globalThis.fetch;
globalThis.fetch = async function passDoor(resource, options) {
  const { pathname } = new URL(resource instanceof Request ? resource.url : String(resource));
  const fate = pass(`http ${options?.method ?? 'GET'} ${plain(pathname)}`);
  const response = await send(resource, options);
  if (fate === 'after') die();
  if (fate === 'lost') throw new TypeError('fetch failed');
  return response;
};
