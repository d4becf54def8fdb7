import { z } from 'zod';

export const payoutAccountEnvironment = z.object({
  /** The keys that numbers and names are sealed with; see README, "Payouts". */
  PAYOUT_KEYS_FILE: z.string().min(1),
  /** How long a new payout account can't be paid to: whoever has stolen a session has to wait, and its owner can notice. */
  PAYOUT_COOL_DOWN_HOURS: z.coerce.number().min(0).default(24),
});

export class PayoutAccountsConfig {
  readonly keysFile: string;
  readonly coolDownMs: number;

  constructor(environment: z.output<typeof payoutAccountEnvironment>) {
    this.keysFile = environment.PAYOUT_KEYS_FILE;
    this.coolDownMs = environment.PAYOUT_COOL_DOWN_HOURS * 3_600_000;
  }
}
