import { Injectable } from '@nestjs/common';
import { ChannelError } from '#libs/payments';
import { Log } from '#libs/service';
import { BillLoader } from './bill-loader.js';
import { Comparison } from './comparison.js';
import { DifferenceRepairs } from './difference-repairs.js';
import { DifferenceRepository } from './difference.repository.js';
import { ReconciliationConfig } from './reconciliation.config.js';
import { type Claim, LeaseLostError, ReconciliationRepository } from './reconciliation.repository.js';

/** Differences that are tried to repair together. */
const REPAIR_BATCH = 500;
const FIRST_RETRY_MS = 30_000;
/** What fails this often in the same way waits for somebody. A channel that is only silent is asked for ever. */
const MAX_FAILURES = 5;

/** Does the days that are due, step by step; each step is stored, so any replica can go on where another one died. */
@Injectable()
export class ReconciliationRunner {
  constructor(
    private readonly reconciliations: ReconciliationRepository,
    private readonly loader: BillLoader,
    private readonly comparison: Comparison,
    private readonly differences: DifferenceRepository,
    private readonly repairs: DifferenceRepairs,
    private readonly config: ReconciliationConfig,
    private readonly log: Log,
  ) {}

  /**
   * Takes the day that is due and does it.
   *
   * @param signal aborted when this replica stops: the day is left to the others at once.
   * @returns how many days there were: 0 or 1.
   */
  async work(signal: AbortSignal): Promise<number> {
    const claim = await this.reconciliations.claim();
    if (!claim) return 0;
    const fields = { account: claim.accountId, billDate: claim.billDate };
    try {
      const startedMs = performance.now();
      const lines = await this.run(claim, signal);
      this.log.info(
        { ...fields, lines, tookMs: Math.round(performance.now() - startedMs) },
        'a bill is reconciled',
      );
    } catch (error) {
      if (error instanceof LeaseLostError) this.log.warn(fields, error.message);
      else await this.postpone(claim, error, signal);
    }
    return 1;
  }

  /** Looks again at differences that may have gone away. @returns how many were due. */
  async check(): Promise<number> {
    const due = await this.differences.claimDue(REPAIR_BATCH);
    // One by one a channel that is silent would end the round; together each waits for its own next time.
    if (due.length > 0) await this.tryToRepair(due);
    return due.length;
  }

  private async run(claim: Claim, signal: AbortSignal): Promise<number> {
    const lines = claim.state === 'LOADING' ? await this.loader.load(claim, signal) : claim.billLines;
    const sums = await this.comparison.run(claim, lines, signal);
    for (;;) {
      signal.throwIfAborted();
      await this.reconciliations.renew(claim);
      const due = await this.differences.claimDue(REPAIR_BATCH, claim.id);
      if (due.length === 0) break;
      await this.tryToRepair(due);
    }
    await this.reconciliations.finish(claim, sums);
    return lines;
  }

  private async tryToRepair(due: Parameters<DifferenceRepairs['repair']>[0]): Promise<void> {
    try {
      await this.repairs.repair(due);
    } catch (error) {
      if (!ChannelError.is(error)) throw error;
      this.log.warn({ err: error }, 'a difference could not be repaired now: it is tried again');
    }
  }

  private async postpone(claim: Claim, error: unknown, signal: AbortSignal): Promise<void> {
    const fields = { err: error, account: claim.accountId, billDate: claim.billDate };
    const message = error instanceof Error ? error.message : String(error);
    const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** claim.failures, this.config.retryMs);
    if (signal.aborted) {
      await this.reconciliations.postpone(claim, 'Interrupted; another replica goes on', 0, false);
    } else if (ChannelError.is(error) && error.channelCode === 'BILL_NOT_READY') {
      this.log.info(fields, 'the bill is not written yet');
      await this.reconciliations.postpone(claim, message, this.config.retryMs, false);
    } else if (ChannelError.is(error) && error.kind === 'REFUSED') {
      this.log.error(fields, 'the channel gives no bill: an operator must look');
      await this.reconciliations.fail(claim, message);
    } else if (ChannelError.is(error) && error.kind !== 'UNTRUSTED') {
      this.log.warn(fields, 'the bill could not be fetched: it is tried again');
      await this.reconciliations.postpone(claim, message, backOffMs, true);
    } else if (claim.failures + 1 >= MAX_FAILURES) {
      this.log.error(fields, 'a reconciliation failed again and again: an operator must look');
      await this.reconciliations.fail(claim, message);
    } else {
      this.log.error(fields, 'a reconciliation failed: it is tried again');
      await this.reconciliations.postpone(claim, message, backOffMs, true);
    }
  }
}
