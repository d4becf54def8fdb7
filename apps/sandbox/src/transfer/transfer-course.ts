import { Injectable } from '@nestjs/common';
import { SandboxConfig } from '../config.js';
import { Faults } from '../faults/faults.js';
import { Payees } from './payees.js';
import type { TransferCourse } from './transfer-book.js';
import type { TransferFailure, TransferTerms } from './transfer.js';

/** How long trouble lasts; each is divided by the time scale. */
const LATE_MS = 2 * 60_000;
const UNKNOWN_MS = 10 * 60_000;
const FAILS_AFTER_MS = 10_000;
const RETURNS_AFTER_MS = 10 * 60_000;

/** What is wrong with whom, or how much, the merchant wants to pay. */
export type PayeeProblem = 'unknown' | 'name-wrong' | 'over-limit';

/** A channel's words for how transfers end badly. */
export interface TransferFailures {
  /** Of one that fails for no other reason than that it was told to. */
  readonly failed: TransferFailure;
  /** Of one that comes back; left out where what has arrived stays. */
  readonly returned?: TransferFailure;
}

/** Decides how a new transfer goes, by the trouble that strikes it. */
@Injectable()
export class TransferCourses {
  constructor(
    private readonly config: SandboxConfig,
    private readonly faults: Faults,
    private readonly payees: Payees,
  ) {}

  /** @returns `true` when the merchant's account is to be short, whatever is in it. */
  isShortOfFunds(terms: TransferTerms): boolean {
    return this.faults.strikes('notEnough', terms.outTransferNo);
  }

  payeeProblem({ channel, payeeAccount, payeeName, outTransferNo }: TransferTerms): PayeeProblem | undefined {
    const strikes = (kind: Parameters<Faults['strikes']>[0]) => this.faults.strikes(kind, outTransferNo);
    if (strikes('payeeUnknown') || !this.payees.exists(channel, payeeAccount)) return 'unknown';
    if (strikes('payeeNameWrong') || !this.payees.hasName(channel, payeeAccount, payeeName))
      return 'name-wrong';
    return strikes('transferLimit') ? 'over-limit' : undefined;
  }

  /** @param state what it becomes when the channel has taken it, and nothing is in its way */
  courseOf(
    { outTransferNo }: TransferTerms,
    state: 'SUCCEEDED' | 'AWAITS_PAYEE',
    { failed, returned }: TransferFailures,
  ): TransferCourse {
    const strikes = (kind: Parameters<Faults['strikes']>[0]) => this.faults.strikes(kind, outTransferNo);
    if (strikes('transferUnknown')) return { state, afterMs: this.scaled(UNKNOWN_MS), isConcealed: true };
    if (strikes('transferInProcess')) return { state, afterMs: null };
    if (strikes('transferLate')) return { state, afterMs: this.scaled(LATE_MS) };
    if (strikes('transferFails')) return this.failing(failed, FAILS_AFTER_MS);
    if (returned !== undefined && strikes('transferReturned')) {
      return { state, afterMs: 0, comesBack: { afterMs: this.scaled(RETURNS_AFTER_MS), failure: returned } };
    }
    return { state, afterMs: 0 };
  }

  /** Taken, and found bad a moment later. */
  failing(failure: TransferFailure, afterMs = 1_000): TransferCourse {
    return { state: 'FAILED', afterMs: this.scaled(afterMs), failure };
  }

  private scaled(ms: number): number {
    return ms / this.config.timeScale;
  }
}
