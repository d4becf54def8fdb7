// @ts-check
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Problem } from './problem.mjs';
import { styleText } from './style.mjs';

export const DEMO_PASSWORD = 'Demo-pass-1';
const MERCHANT = 'merchant@demo.test';
const AMOUNT = '50.00';
const CREDIT_TIMEOUT_MS = 60_000;

/**
 * @typedef {object} Receipt
 * @property {Record<string, string>} recharge as `GET /v1/recharges/{id}` tells it, CREDITED
 * @property {Record<string, string>} entry the line of the merchant's statement
 * @property {string} before
 * @property {string} after
 * @property {number} tookMs from the order to the credit
 */

/**
 * Recharges the demo merchant's wallet as a browser would: sign in, order, pay at the channel, wait for the money.
 *
 * @param {{ gateway: string, sandbox: string }} urls
 * @param {(detail: string) => void} report
 * @param {string} [amount] yuan
 * @returns {Promise<Receipt>}
 * @throws {Problem}
 */
export async function rechargeOnce({ gateway, sandbox }, report, amount = AMOUNT) {
  report('signing in');
  const { headers } = await signIn(gateway, MERCHANT);
  const before = await cashOf(gateway, headers);
  const startedAt = Date.now();
  report('ordering');
  const order = await call(
    `${gateway}/v1/recharges`,
    { amount, channel: 'alipay', method: 'page' },
    { ...headers, 'idempotency-key': randomUUID() },
  );
  report('paying at the sandbox');
  await visitCashier(order.payUrl);
  await call(`${sandbox}/control/trades/${order.outTradeNo}/pay`, { notify: 'normal' });
  report('waiting for the money');
  const recharge = await untilCredited(`${gateway}/v1/recharges/${order.id}`, headers);
  const tookMs = Date.now() - startedAt;
  const { items } = await call(`${gateway}/v1/wallet/entries?limit=5`, undefined, headers);
  const entry = items.find((/** @type {Record<string, string>} */ item) => item.reference === order.id);
  if (entry === undefined)
    throw new Problem(`Recharge ${order.id} is CREDITED but has no line in the statement.`);
  report(`${amount} CNY credited`);
  return { recharge, entry, before, after: await cashOf(gateway, headers), tookMs };
}

/**
 * @param {string} gateway
 * @param {string} email of a demo account
 * @returns {Promise<{ accountId: string, headers: Record<string, string> }>}
 */
export async function signIn(gateway, email) {
  const { account, accessToken } = await call(`${gateway}/v1/auth/login`, { email, password: DEMO_PASSWORD });
  return { accountId: account.id, headers: { authorization: `Bearer ${accessToken}` } };
}

/**
 * Alipay makes a page trade when the buyer's browser comes with the signed URL, not before.
 *
 * @param {string} payUrl
 */
async function visitCashier(payUrl) {
  const response = await fetch(payUrl);
  if (!response.ok)
    throw new Problem(`The cashier page answers ${response.status}: ${await response.text()}`);
}

/**
 * @param {string} url
 * @param {Record<string, string>} headers
 */
async function untilCredited(url, headers) {
  const deadline = Date.now() + CREDIT_TIMEOUT_MS;
  for (;;) {
    const recharge = await call(url, undefined, headers);
    if (recharge.state === 'CREDITED') return recharge;
    if (Date.now() > deadline) {
      throw new Problem(
        `The recharge ${recharge.id} was paid and is still ${recharge.state} after ${CREDIT_TIMEOUT_MS / 1000} s.`,
      );
    }
    await delay(100);
  }
}

/**
 * @param {string} gateway
 * @param {Record<string, string>} headers
 * @returns {Promise<string>}
 */
async function cashOf(gateway, headers) {
  const { accounts } = await call(`${gateway}/v1/wallet`, undefined, headers);
  const cash = accounts.find((/** @type {{ kind: string }} */ account) => account.kind === 'merchant_cash');
  return cash?.available ?? '0.00';
}

/**
 * @param {string} url
 * @param {unknown} [body] makes it a POST
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>} any: what an HTTP API says is known by its document only
 */
export async function call(url, body, headers = {}) {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  }).catch((/** @type {Error} */ error) => {
    throw new Problem(`${url} can't be reached: ${error.message}.`);
  });
  const text = await response.text();
  if (!response.ok) throw new Problem(`${url} answers ${response.status}.`, text);
  return text === '' ? {} : JSON.parse(text);
}

/**
 * @param {Receipt} receipt
 * @param {boolean} colour
 * @returns {string}
 */
export function formatReceipt({ recharge, entry, before, after, tookMs }, colour) {
  const rows = [
    ['Order', recharge.id],
    ['Attempt (out_trade_no)', recharge.outTradeNo],
    ['Alipay trade', recharge.channelTradeNo],
    ['Amount', `¥${recharge.amount}`],
    ['Ordered', recharge.createdAt],
    ['Paid', `${recharge.paidAt}  (Alipay tells whole seconds)`],
    ['Credited', `${recharge.creditedAt}  (${tookMs} ms after the order)`],
    ['Ledger entry', `transfer ${entry.transferId}, line ${entry.seq} of ${entry.account}`],
    ['Balance', `¥${before} → ¥${after}`],
  ];
  const width = Math.max(...rows.map(([label = '']) => label.length));
  const lines = rows.map(
    ([label = '', value = '']) => `${styleText('gray', label.padEnd(width), colour)}  ${value}`,
  );
  return box('Receipt of a real recharge', lines, colour);
}

/**
 * @param {string} title
 * @param {string[]} lines
 * @param {boolean} colour
 * @returns {string}
 */
export function box(title, lines, colour) {
  const rule = (/** @type {string} */ text) => styleText('gray', text, colour);
  return [
    `${rule('┌─')} ${styleText('bold', title, colour)}`,
    ...lines.map((line) => `${rule('│')}  ${line}`),
    rule('└─'),
  ].join('\n');
}
