import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { beijingDayOf, dayAfter } from '#libs/calendar';
import { DomainError, fields, wallet } from '#libs/contracts';
import { formatYuan, parseYuan } from '#libs/money';
import { RpcClient } from '#libs/transport';
import { seededSpends } from './seeded-day.js';

/**
 * Earnings for a traffic owner, until ads are really shown: a campaign's budget is set aside, spent hour by hour over the
 * last days, and what is left is given back, all by the messages that the ad service will send. The same command on the same
 * day changes nothing more.
 */
const { values } = parseArgs({
  options: {
    merchant: { type: 'string' },
    owner: { type: 'string' },
    yuan: { type: 'string', default: '1000.00' },
    days: { type: 'string', default: '14' },
    seed: { type: 'string', default: '1' },
  },
});
const options = z
  .object({
    merchant: fields.id,
    owner: fields.id,
    yuan: z.string().regex(/^\d{1,7}(\.\d{2})?$/, 'must be yuan, such as 1000.00'),
    days: z.coerce.number().int().min(1).max(30),
    seed: z.coerce.number().int().min(0),
    redisUrl: z.url({ protocol: /^rediss?$/ }),
  })
  .safeParse({ ...values, redisUrl: process.env['REDIS_URL'] });
if (!options.success) {
  process.stderr.write(`${z.prettifyError(options.error)}\n`);
  process.exit(2);
}

/** As many as one message takes. */
const BATCH = 200;
const TIMEOUT_MS = 30_000;
const { merchant: merchantId, owner: trafficOwnerId, days, seed, redisUrl } = options.data;
const budget = parseYuan(options.data.yuan);
const client = new RpcClient({ redis: redisUrl, timeoutMs: TIMEOUT_MS });
try {
  await client.connect();
  await seedEarnings();
} catch (error) {
  process.stderr.write(`${DomainError.is(error) ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await client.close();
}

async function seedEarnings(): Promise<void> {
  // Yesterday's ads are settled, today's are still running.
  const lastDay = dayAfter(beijingDayOf(new Date()), -1);
  const campaignId = campaignOf(merchantId, trafficOwnerId, lastDay, seed);
  await client.call(wallet.holdBudget, {
    key: `hold:${campaignId}`,
    merchantId,
    campaignId,
    cash: budget,
    bonus: 0n,
  });
  // A day's spends swing around what it has; nine tenths leave room for a lucky one, and something to give back.
  const perDay = (budget * 9n) / 10n / BigInt(days);
  const spends = seededSpends({ merchantId, trafficOwnerId, campaignId, lastDay, days, perDay, seed });
  let posted = 0;
  for (let from = 0; from < spends.length; from += BATCH) {
    const { outcomes } = await client.call(wallet.postSpends, { spends: spends.slice(from, from + BATCH) });
    posted += outcomes.filter(({ transferId }) => transferId !== null).length;
  }
  await client.call(wallet.releaseBudget, { key: `release:${campaignId}`, merchantId, campaignId });
  const spent = spends.reduce((sum, { amount }) => sum + amount, 0n);
  process.stdout.write(
    `Campaign ${campaignId}: ${posted} of ${spends.length} spends over ${days} days, ${formatYuan(spent)} of ${formatYuan(budget)} yuan\n`,
  );
}

/** A number that this merchant, owner, day and seed have alone. */
function campaignOf(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(parts.join('/')).digest();
  return ((digest.readBigUInt64BE() >> 2n) | 1n).toString();
}
