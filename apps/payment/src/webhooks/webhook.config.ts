import { readFileSync } from 'node:fs';
import { z } from 'zod';

const KEY_BYTES = 32;
const DAY_MS = 86_400_000;

const keyFile = z.string().transform((file, context) => {
  try {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
    if (key.length === KEY_BYTES) return key;
    context.issues.push({
      code: 'custom',
      message: 'names a file that must hold 32 bytes in base64',
      input: file,
    });
  } catch (error) {
    // Without the name: it may be the key itself, put where the name of its file belongs.
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    context.issues.push({
      code: 'custom',
      message: `names a file that can't be read (${code})`,
      input: file,
    });
  }
  return z.NEVER;
});

/** Parts of the payment service's environment. */
export const webhookEnvironment = z.object({
  /** What webhooks' secrets are encrypted with where they are stored: a file of 32 bytes in base64. */
  WEBHOOK_KEY_FILE: keyFile.optional(),
  /** The pauses between the tries of a delivery, in seconds; after the last of them it is given up. 24 h together. */
  WEBHOOK_LADDER_SECONDS: z
    .string()
    .regex(/^\d+(\.\d+)?(,\d+(\.\d+)?)*$/, 'must be seconds, separated by commas')
    .transform((text) => text.split(',').map(Number))
    .default([5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800]),
  WEBHOOK_TIMEOUT_SECONDS: z.coerce.number().min(0.1).max(60).default(10),
  /** How long the log of deliveries reaches back. */
  WEBHOOK_KEEP_DAYS: z.coerce.number().min(2).default(30),
  /** Lets webhooks reach this machine and its network: for development and tests. */
  WEBHOOK_ALLOW_PRIVATE: z.stringbool().default(false),
});

export class WebhookConfig {
  /** Null where nobody has set webhooks up: none can be made then. */
  readonly key: Buffer | null;
  readonly ladderMs: readonly number[];
  readonly timeoutMs: number;
  readonly allowsPrivate: boolean;
  readonly keepMs: number;
  readonly sweepEveryMs: number;

  constructor(environment: z.output<typeof webhookEnvironment> & { readonly SWEEP_EVERY_MS: number }) {
    this.key = environment.WEBHOOK_KEY_FILE ?? null;
    this.ladderMs = environment.WEBHOOK_LADDER_SECONDS.map((seconds) => seconds * 1_000);
    this.timeoutMs = environment.WEBHOOK_TIMEOUT_SECONDS * 1_000;
    this.allowsPrivate = environment.WEBHOOK_ALLOW_PRIVATE;
    this.keepMs = environment.WEBHOOK_KEEP_DAYS * DAY_MS;
    this.sweepEveryMs = environment.SWEEP_EVERY_MS;
  }
}
