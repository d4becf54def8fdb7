import { setTimeout as delay } from 'node:timers/promises';
import { type Account, ApiRefusal, type Page, type TestStack } from '#libs/testing';
import type { PlayedOrder } from './buyers.js';
import { patiently } from './patience.js';
import { allTrades, type TrueRefund, writeBill } from './sandbox-book.js';

const LOOK_EVERY_MS = 250;
const RECONCILED_WITHIN_MS = 90_000;
const EXPLAINED_WITHIN_MS = 30_000;
const HOUR_MS = 3_600_000;

interface Reconciliation {
  readonly id: string;
  readonly accountId: string;
  readonly billDate: string;
  readonly state: string;
  readonly message: string | null;
}

export interface Difference {
  readonly kind: string;
  readonly state: string;
  readonly subject: string;
  readonly ourNumber: string | null;
  readonly rechargeId: string | null;
  readonly explanation: string;
}

/** A book that knows what is still under way. */
interface UnderWay {
  /** How much of each kind; empty when nothing is. */
  pending(): Promise<Record<string, number>>;
  /** Pauses between tries have grown long in the trouble: what is waited for is time alone, so let it have passed. */
  letTimePass(): Promise<void>;
}

interface Conflict {
  readonly attemptId: string;
  readonly orderId: string;
  readonly refundId: string | null;
}

/** What people and time do once the trouble is over. */
export class Aftermath {
  constructor(
    private readonly stack: TestStack,
    private readonly operator: Account,
    private readonly books: readonly UnderWay[],
    private readonly print: (line: string) => void,
  ) {}

  /** The channel ends what it kept in process. @returns how many refunds it had kept. */
  async endRefundsInProcess(): Promise<number> {
    const kept = (await allTrades(this.stack.urls.sandbox ?? ''))
      .flatMap(({ refunds }) => refunds)
      .filter((refund: TrueRefund) => refund.status === 'PROCESSING' && refund.settlesAt === null);
    for (const { outRefundNo } of kept)
      await this.stack.sandboxClient.settleRefund(outRefundNo, 'SUCCEEDED').catch(() => undefined);
    return kept.length;
  }

  /** An operator gives back those conflicts of which the plan says so, and leaves the others for later. */
  async settleConflicts(orders: readonly PlayedOrder[]): Promise<void> {
    const planOf = new Map(orders.map(({ id, plan }) => [id, plan]));
    for (const conflict of await this.all<Conflict>('/v1/admin/payment-conflicts')) {
      if (conflict.refundId !== null || planOf.get(conflict.orderId)?.conflictIsSettled !== true) continue;
      const path = `/v1/admin/payment-conflicts/${conflict.attemptId}/refund`;
      const body = { reason: 'Paid another amount than asked' };
      await patiently('refund a conflict', () => this.operator.call('POST', path, { body })).catch(
        (error: unknown) => {
          if (!(error instanceof ApiRefusal) || error.status >= 500) throw error;
        },
      );
    }
  }

  /** Waits until nothing is under way any more. @throws Error that says what still is. */
  async untilQuiet(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    for (let printedAt = 0; ; await delay(LOOK_EVERY_MS)) {
      await this.endRefundsInProcess();
      const pending: Record<string, number> = {};
      for (const book of this.books) Object.assign(pending, await book.pending());
      if (Object.keys(pending).length === 0) return;
      const words = Object.entries(pending)
        .map(([what, count]) => `${count} ${what}`)
        .join(', ');
      if (performance.now() > until) throw new Error(`Not over after ${withinMs / 1_000} s: ${words}`);
      if (performance.now() - printedAt > 5_000) {
        this.print(`still under way: ${words}`);
        printedAt = performance.now();
      }
      for (const book of this.books) await book.letTimePass();
    }
  }

  /**
   * The day's proof, for every account and every day in Beijing that the run has touched.
   *
   * @returns the differences that were found, as they stand now.
   */
  async reconcile(startedAt: Date): Promise<Difference[]> {
    const days = [...new Set([dayInBeijing(startedAt), dayInBeijing(new Date())])];
    for (const billDate of days) {
      await writeBill(this.stack.urls.sandbox ?? '', billDate);
      await patiently('reconcile', () =>
        this.operator.call('POST', '/v1/admin/reconciliations', { body: { billDate } }),
      );
    }
    const until = performance.now() + RECONCILED_WITHIN_MS;
    for (;;) {
      // Yesterday's is compared by itself, and yesterday nothing happened.
      const all = (await this.all<Reconciliation>('/v1/admin/reconciliations')).filter(({ billDate }) =>
        days.includes(billDate),
      );
      const failed = all.find(({ state }) => state === 'FAILED');
      if (failed) throw new Error(`No bill of ${failed.accountId} for ${failed.billDate}: ${failed.message}`);
      if (all.length > 0 && all.every(({ state }) => state === 'DONE')) break;
      if (performance.now() > until)
        throw new Error(
          `Not reconciled: ${all.map(({ accountId, state, message }) => `${accountId} ${state} ${message}`).join('; ')}`,
        );
      await delay(LOOK_EVERY_MS);
    }
    return this.explained();
  }

  /** A day is done when one replica has nothing more to repair of it; what another one has in hand may take a moment. */
  private async explained(): Promise<Difference[]> {
    for (const until = performance.now() + EXPLAINED_WITHIN_MS; ; await delay(LOOK_EVERY_MS)) {
      const found = await this.all<Difference>('/v1/admin/reconciliation-differences');
      if (performance.now() > until || !found.some(isUnexplained)) return found;
    }
  }

  private async all<Item>(path: string): Promise<Item[]> {
    const found: Item[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: Page<Item> = await patiently(path, () =>
        this.operator.call<Page<Item>>('GET', `${path}?limit=100${after}`),
      );
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  }
}

/** Nobody knows yet what it comes from. */
export const isUnexplained = ({ state }: Difference): boolean => state === 'OPEN' || state === 'CARRIED';

const dayInBeijing = (at: Date): string => new Date(at.getTime() + 8 * HOUR_MS).toISOString().slice(0, 10);
