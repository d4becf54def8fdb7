import { z } from 'zod';
import { parseYuan } from '#libs/money';
import { databaseEnvironment, serviceEnvironment } from '#libs/service';
import { archiveEnvironment } from './archive/archive.config.js';
import { reconciliationEnvironment } from './reconciliation/reconciliation.config.js';
import { webhookEnvironment } from './webhooks/webhook.config.js';
import { DEFAULT_RUNGS_SECONDS, type QueryLadder } from './query/query-ladder.js';

const yuan = z.string().transform((text, context) => {
  try {
    return parseYuan(text);
  } catch (error) {
    context.issues.push({ code: 'custom', message: (error as Error).message, input: text });
    return z.NEVER;
  }
});

export const paymentEnvironment = serviceEnvironment.extend(databaseEnvironment.shape).extend({
  /** How buyers' browsers and the channels reach the gateway. */
  PUBLIC_URL: z.url(),
  /** Our accounts at the channels, as JSON; read again whenever it changes. See README, "Real channels". */
  PAYMENT_CHANNELS_FILE: z.string().min(1),
  /** With the sandbox only: opens each payment page as soon as it is made; see `preopened`. */
  SANDBOX_PREOPENS_PAGES: z.stringbool().default(false),
  RECHARGE_MIN_YUAN: yuan.default(parseYuan('0.01')),
  RECHARGE_MAX_YUAN: yuan.default(parseYuan('50000.00')),
  RECHARGE_EXPIRY_SECONDS: z.coerce.number().int().min(1).default(1_800),
  /** When to ask about an order that the channel is silent about: seconds after it was made, ascending. */
  QUERY_LADDER_SECONDS: z
    .string()
    .regex(/^\d+(,\d+)*$/, 'must be seconds, separated by commas')
    .transform((text) => text.split(',').map(Number))
    .default(DEFAULT_RUNGS_SECONDS),
  EXPIRY_GRACE_SECONDS: z.coerce.number().int().min(0).default(5),
  /** How long after closing an order the channel is asked once more: a payment that crossed it has arrived by then. */
  LAST_LOOK_SECONDS: z.coerce.number().int().min(1).default(60),
  REFUND_RETRY_SECONDS: z.coerce.number().min(0.1).default(5),
  SWEEP_EVERY_MS: z.coerce.number().int().min(50).default(1_000),
  /** How long a buyer waits for a way to pay before being told that it comes later. */
  ANSWER_WITHIN_MS: z.coerce.number().int().min(100).default(2_500),
  /** How long the same order without an idempotency key is taken for a double click. */
  DOUBLE_SUBMIT_WINDOW_MS: z.coerce.number().int().min(0).default(5_000),
  ...reconciliationEnvironment.shape,
  ...archiveEnvironment.shape,
  ...webhookEnvironment.shape,
});
export type PaymentEnvironment = z.output<typeof paymentEnvironment>;

/** What the parts of this service want to know, in their own words. */
export class PaymentConfig {
  readonly minAmount: bigint;
  readonly maxAmount: bigint;
  readonly expiryMs: number;
  readonly ladder: QueryLadder;
  readonly lastLookAfterMs: number;
  readonly sweepEveryMs: number;
  /** The first pause before a refund that is not decided is taken up again; then twice as long each time. */
  readonly refundRetryMs: number;
  readonly doubleSubmitWindowMs: number;
  readonly answerWithinMs: number;
  readonly channelsFile: string;
  readonly preopensPages: boolean;
  readonly publicUrl: string;

  constructor(environment: PaymentEnvironment) {
    this.minAmount = environment.RECHARGE_MIN_YUAN;
    this.maxAmount = environment.RECHARGE_MAX_YUAN;
    this.expiryMs = environment.RECHARGE_EXPIRY_SECONDS * 1_000;
    this.ladder = {
      rungsMs: environment.QUERY_LADDER_SECONDS.map((seconds) => seconds * 1_000),
      expiryGraceMs: environment.EXPIRY_GRACE_SECONDS * 1_000,
    };
    this.lastLookAfterMs = environment.LAST_LOOK_SECONDS * 1_000;
    this.refundRetryMs = environment.REFUND_RETRY_SECONDS * 1_000;
    this.sweepEveryMs = environment.SWEEP_EVERY_MS;
    this.doubleSubmitWindowMs = environment.DOUBLE_SUBMIT_WINDOW_MS;
    this.answerWithinMs = environment.ANSWER_WITHIN_MS;
    this.channelsFile = environment.PAYMENT_CHANNELS_FILE;
    this.preopensPages = environment.SANDBOX_PREOPENS_PAGES;
    this.publicUrl = environment.PUBLIC_URL.replace(/\/$/, '');
  }

  notifyUrl(channel: string): string {
    return `${this.publicUrl}/v1/notify/${channel}`;
  }

  returnUrl(orderId: string): string {
    return `${this.publicUrl}/recharges/${orderId}`;
  }
}
