import { z } from 'zod';

export const earningsEnvironment = z.object({
  /** Days after which earnings can be withdrawn; what turns out to be fraud until then never is. */
  MATURITY_DAYS: z.coerce.number().int().min(0).max(365).default(7),
  MATURITY_EVERY_MS: z.coerce.number().int().min(50).default(15_000),
});

export class EarningsConfig {
  readonly maturityDays: number;
  readonly maturityEveryMs: number;

  constructor(environment: z.output<typeof earningsEnvironment>) {
    this.maturityDays = environment.MATURITY_DAYS;
    this.maturityEveryMs = environment.MATURITY_EVERY_MS;
  }
}
