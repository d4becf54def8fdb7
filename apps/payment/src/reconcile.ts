import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DomainError, type ResponseOf, payment } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { beijingDayOf, dayAfter } from '#libs/calendar';
import { summaryOf, waits } from './reconciliation/summary.js';

const POLL_MS = 500;
const PAGE = 100;
/** More are counted, not listed: the console and the CSV have them all. */
const MOST_LISTED = 2_000;

const { values } = parseArgs({
  options: {
    date: { type: 'string', default: dayAfter(beijingDayOf(new Date()), -1) },
    account: { type: 'string' },
    wait: { type: 'string', default: '300' },
  },
});
const options = z
  .object({
    date: z.iso.date(),
    account: z.string().optional(),
    wait: z.coerce.number().int().min(1),
    redisUrl: z.url({ protocol: /^rediss?$/ }),
  })
  .safeParse({ ...values, redisUrl: process.env['REDIS_URL'] });
if (!options.success) {
  process.stderr.write(`${z.prettifyError(options.error)}\n`);
  process.exit(2);
}

const { date, account, wait, redisUrl } = options.data;
const client = new RpcClient({ redis: redisUrl });
try {
  await client.connect();
  process.exitCode = (await reconcile()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${DomainError.is(error) ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await client.close();
}

/** @returns true when every account's day is done and nothing of it waits for somebody. */
async function reconcile(): Promise<boolean> {
  const { items } = await client.call(payment.startReconciliation, { accountId: account, billDate: date });
  const untilMs = Date.now() + wait * 1_000;
  let isClean = true;
  for (const { id } of items) {
    const day = await ended(id, untilMs);
    const differences = await differencesOf(id);
    process.stdout.write(`${summaryOf(day, differences)}\n`);
    isClean &&= day.state === 'DONE' && day.openDifferences === 0 && !differences.some(waits);
  }
  return isClean;
}

/** As it stands when it is done, has failed, waits for its bill, or takes too long. */
async function ended(id: string, untilMs: number): Promise<payment.Reconciliation> {
  for (;;) {
    const day = await client.call(payment.getReconciliation, { id });
    const isWaiting = day.state === 'WAITING' && day.message !== null;
    if (day.state === 'DONE' || day.state === 'FAILED' || isWaiting || Date.now() > untilMs) return day;
    await delay(POLL_MS);
  }
}

async function differencesOf(reconciliationId: string): Promise<payment.Difference[]> {
  const found: payment.Difference[] = [];
  let cursor: string | null = null;
  do {
    const page: ResponseOf<typeof payment.listDifferences> = await client.call(payment.listDifferences, {
      reconciliationId,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < MOST_LISTED);
  return found;
}
