import { z } from 'zod';

export const checkerEnvironment = z.object({
  CHECKER_EVERY_MS: z.coerce.number().int().min(10).default(500),
  /** How long an id of the outbox that is nowhere to be seen is waited for before it is asked who holds it. */
  CHECKER_SETTLE_MS: z.coerce.number().int().min(0).default(1_000),
  /** Entries and transfers a second that the replay looks at, all replicas together. */
  CHECKER_REPLAY_PER_SECOND: z.coerce.number().int().min(1).default(2_000),
  /** Between the end of a pass over the whole book and the next. */
  CHECKER_REPLAY_PAUSE_MS: z.coerce.number().int().min(0).default(60_000),
});

export class CheckerConfig {
  readonly everyMs: number;
  readonly settleMs: number;
  readonly replayPerSecond: number;
  readonly replayPauseMs: number;
  /** Entries or transfers of one round: what a quarter of a second has room for, in a transaction that stays small. */
  readonly replayBatch: number;

  constructor(environment: z.output<typeof checkerEnvironment>) {
    this.everyMs = environment.CHECKER_EVERY_MS;
    this.settleMs = environment.CHECKER_SETTLE_MS;
    this.replayPerSecond = environment.CHECKER_REPLAY_PER_SECOND;
    this.replayPauseMs = environment.CHECKER_REPLAY_PAUSE_MS;
    this.replayBatch = Math.min(5_000, Math.max(100, Math.ceil(this.replayPerSecond / 4)));
  }
}
