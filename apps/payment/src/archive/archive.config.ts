import { z } from 'zod';

/** Parts of the payment service's environment. */
export const archiveEnvironment = z.object({
  /** Orders that ended this long ago move to the archive; 0 keeps all where they are. */
  ARCHIVE_AFTER_DAYS: z.coerce.number().int().min(0).default(180),
  /** Orders of one transaction: how long it holds its locks. */
  ARCHIVE_BATCH: z.coerce.number().int().min(1).max(1_000).default(100),
  /** How long each replica rests after a batch, so that archiving never is what slows down payments. */
  ARCHIVE_PAUSE_MS: z.coerce.number().int().min(10).default(1_000),
});

export class ArchiveConfig {
  readonly afterDays: number;
  readonly batch: number;
  readonly pauseMs: number;

  constructor(environment: z.output<typeof archiveEnvironment>) {
    this.afterDays = environment.ARCHIVE_AFTER_DAYS;
    this.batch = environment.ARCHIVE_BATCH;
    this.pauseMs = environment.ARCHIVE_PAUSE_MS;
  }
}
