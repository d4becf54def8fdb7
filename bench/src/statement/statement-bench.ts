import type { RequestOf, wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { StatementBlocks } from '../../../apps/wallet/src/statement/statement-blocks.js';
import { StatementRepository } from '../../../apps/wallet/src/statement/statement.repository.js';
import { StatementService } from '../../../apps/wallet/src/statement/statement.service.js';
import { type Latencies, latenciesOf } from '../recharge/figures.js';
import { type LargeAccount, OWNER, RARE, fillLargeAccount, momentOf } from './large-account.js';

export interface StatementFigures {
  readonly entries: number;
  readonly filledPerSecond: number;
  /** What the first question about a moment costs, which reads the account once to know its blocks. */
  readonly firstMomentMs: number;
  readonly reads: Readonly<Record<string, Latencies>>;
  /** p50 of the last page by that of the first. */
  readonly lastByFirst: number;
  readonly filteredLastByFirst: number;
}

export interface StatementBenchOptions {
  readonly mysqlUrl: string;
  readonly entries: number;
  readonly perRead: number;
  readonly onProgress: (text: string) => void;
}

type ListRequest = RequestOf<typeof wallet.listEntries>;

const PAGE_SIZE = 25;

/** Reads a large account's statement as its owner would, from wherever in it. */
export async function benchStatement({
  mysqlUrl,
  entries,
  perRead,
  onProgress,
}: StatementBenchOptions): Promise<StatementFigures> {
  const account = await fillLargeAccount(mysqlUrl, entries, onProgress);
  const { database, filledPerSecond } = account;
  try {
    const service = new StatementService(
      new StatementRepository(database),
      new StatementBlocks(database),
      Log.create('bench', 'bench-1', 'silent'),
    );
    const whole = { ownerId: OWNER, account: 'merchant_cash' } as const;
    const startedAt = performance.now();
    await service.balanceAt({ ...whole, at: momentOf(entries / 2) });
    const firstMomentMs = performance.now() - startedAt;

    // In turns, so that whatever else the machine does meets all of them.
    const took = new Map<string, number[]>();
    for (let round = 0; round < perRead; round += 1) {
      for (const [name, read] of Object.entries(readsOf(service, account, round))) {
        const readAt = performance.now();
        await read();
        took.set(name, [...(took.get(name) ?? []), performance.now() - readAt]);
      }
    }
    const reads = Object.fromEntries([...took].map(([name, samples]) => [name, latenciesOf(samples)]));
    const p50 = (name: string) => reads[name]?.p50Ms ?? Number.NaN;
    return {
      entries,
      filledPerSecond,
      firstMomentMs,
      reads,
      lastByFirst: p50('last page') / p50('first page'),
      filteredLastByFirst: p50('rare kind, last page') / p50('rare kind, first page'),
    };
  } finally {
    await database.close();
  }
}

/** Each a little elsewhere in every round. */
function readsOf(
  service: StatementService,
  { entries }: LargeAccount,
  round: number,
): Record<string, () => Promise<unknown>> {
  const whole = { ownerId: OWNER, account: 'merchant_cash', limit: PAGE_SIZE } as const;
  const list =
    (more: Partial<ListRequest>, expected = PAGE_SIZE + 1) =>
    async () => {
      const found = await service.list({ ...whole, ...more });
      if (found.length !== expected) throw new Error(`${found.length} entries instead of ${expected}`);
    };
  const somewhere = 1_000 + ((round * 7_919_003) % (entries - 2_000));
  const aDay = { from: momentOf(somewhere - 500), to: momentOf(somewhere) };
  const oldDay = { from: momentOf(100 + round), to: momentOf(600 + round) };
  const newDay = { from: momentOf(entries - 700 - round), to: momentOf(entries - 200 - round) };
  return {
    'first page': list({}),
    'middle page': list({ cursor: String(somewhere) }),
    'last page': list({ cursor: String(PAGE_SIZE + 2) }),
    'period, latest': list(newDay),
    'period, middle': list(aDay),
    'period, oldest': list(oldDay),
    'frequent kind, first page': list({ kind: 'budget_hold' }),
    'frequent kind, last page': list({ kind: 'budget_hold', cursor: '271' }),
    'rare kind, first page': list({ kind: RARE }),
    'rare kind, last page': list({ kind: RARE, cursor: String(27 * 5_000) }),
    'kind that there is none of': list({ kind: 'bonus_expiry' }, 0),
    'kind in a period': list({ ...aDay, kind: 'budget_hold' }),
    'totals of a period': () =>
      service.summarize({ ...whole, from: momentOf(1_000), to: momentOf(entries - 1_000) }),
    'balance at a moment': () => service.balanceAt({ ...whole, at: momentOf(somewhere) }),
  };
}
