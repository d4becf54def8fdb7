import { z } from 'zod';

/** Parts of the payment service's environment. */
export const reconciliationEnvironment = z.object({
  /** The hour in Beijing at which yesterday's bills are asked for. */
  RECONCILE_AT_HOUR: z.coerce.number().int().min(0).max(23).default(11),
  /** For how many days something that only we have may still turn up on another day's bill. */
  RECONCILE_CARRY_DAYS: z.coerce.number().int().min(0).max(60).default(3),
  /** How long to wait before a bill that the channel has not written is asked for again. */
  RECONCILE_RETRY_SECONDS: z.coerce.number().int().min(1).default(600),
  /** With the sandbox only: a day may be compared while it is not over, since its bill can be had at any time. */
  RECONCILE_TODAY: z.stringbool().default(false),
});

export class ReconciliationConfig {
  readonly atHour: number;
  readonly carryDays: number;
  readonly retryMs: number;
  readonly allowsToday: boolean;
  /** How often each replica looks for a reconciliation, a check or a new day that is due. */
  readonly sweepEveryMs: number;

  constructor(environment: z.output<typeof reconciliationEnvironment> & { readonly SWEEP_EVERY_MS: number }) {
    this.atHour = environment.RECONCILE_AT_HOUR;
    this.carryDays = environment.RECONCILE_CARRY_DAYS;
    this.retryMs = environment.RECONCILE_RETRY_SECONDS * 1_000;
    this.allowsToday = environment.RECONCILE_TODAY;
    this.sweepEveryMs = environment.SWEEP_EVERY_MS;
  }
}
