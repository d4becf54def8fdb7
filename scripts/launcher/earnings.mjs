// @ts-check
import { call, rechargeOnce, signIn } from './receipt.mjs';

const MERCHANT = 'merchant@demo.test';
const TRAFFIC_OWNER = 'traffic@demo.test';
/** What the demo's campaign may spend. */
const BUDGET = '2000.00';
const DAYS = 14;

/**
 * Gives the demo's traffic owner something to withdraw, once: the merchant recharges, a campaign spends it over the last two
 * weeks, and what is a week old is available.
 *
 * @param {import('./stack.mjs').Stack} stack
 * @param {(detail: string) => void} report
 * @returns {Promise<boolean>} false when there are earnings already
 */
export async function seedEarnings(stack, report) {
  const { gateway, sandbox } = stack.urls;
  if (sandbox === undefined) return false;
  const owner = await signIn(gateway, TRAFFIC_OWNER);
  if (await hasEarned(gateway, owner.headers)) return false;
  const merchant = await signIn(gateway, MERCHANT);
  await rechargeOnce({ gateway, sandbox }, report, BUDGET);
  report('posting spends');
  const who = ['--merchant', merchant.accountId, '--owner', owner.accountId];
  await stack.run('apps/traffic/src/seed.js', ...who, '--yuan', BUDGET, '--days', String(DAYS));
  report(`two weeks of ads, ${BUDGET} CNY of budget`);
  return true;
}

/**
 * @param {string} gateway
 * @param {Record<string, string>} headers
 */
async function hasEarned(gateway, headers) {
  const dayOf = (/** @type {number} */ atMs) => new Date(atMs).toISOString().slice(0, 10);
  const monthMs = 31 * 86_400_000;
  const range = `from=${dayOf(Date.now() - monthMs)}&to=${dayOf(Date.now())}`;
  const { days } = await call(`${gateway}/v1/earnings?${range}`, undefined, headers);
  return days.length > 0;
}
