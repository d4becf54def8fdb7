import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseYuan } from '#libs/money';
import { AlipayChannel, type PaymentChannel } from '#libs/payments';
import { databaseEnvironment, serviceEnvironment } from '#libs/service';
import { PreopenedChannel } from './preopened-channel.js';
import { DEFAULT_RUNGS_SECONDS, type QueryLadder } from './query/query-ladder.js';

const yuan = z.string().transform((text, context) => {
  try {
    return parseYuan(text);
  } catch (error) {
    context.issues.push({ code: 'custom', message: (error as Error).message, input: text });
    return z.NEVER;
  }
});

const keyFile = z.string().transform((path, context) => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    // Without the name: it may be the key itself, put where the name of its file belongs.
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    context.issues.push({
      code: 'custom',
      message: `names a file that can't be read (${code})`,
      input: path,
    });
    return z.NEVER;
  }
});

export const paymentEnvironment = serviceEnvironment.extend(databaseEnvironment.shape).extend({
  /** How buyers' browsers and the channels reach the gateway. */
  PUBLIC_URL: z.url(),
  ALIPAY_GATEWAY_URL: z.url(),
  ALIPAY_APP_ID: z.string().min(1),
  ALIPAY_SELLER_ID: z.string().min(1),
  ALIPAY_PRIVATE_KEY_FILE: keyFile,
  ALIPAY_PUBLIC_KEY_FILE: keyFile,
  ALIPAY_FEE_BPS: z.coerce.number().int().min(0).max(10_000).default(60),
  /** With the sandbox only: opens each payment page as soon as it is made; see `PreopenedChannel`. */
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
  SWEEP_EVERY_MS: z.coerce.number().int().min(50).default(1_000),
  /** How long the same order without an idempotency key is taken for a double click. */
  DOUBLE_SUBMIT_WINDOW_MS: z.coerce.number().int().min(0).default(5_000),
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
  readonly doubleSubmitWindowMs: number;
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
    this.sweepEveryMs = environment.SWEEP_EVERY_MS;
    this.doubleSubmitWindowMs = environment.DOUBLE_SUBMIT_WINDOW_MS;
    this.publicUrl = environment.PUBLIC_URL.replace(/\/$/, '');
  }

  notifyUrl(channel: string): string {
    return `${this.publicUrl}/v1/notify/${channel}`;
  }

  returnUrl(orderId: string): string {
    return `${this.publicUrl}/recharges/${orderId}`;
  }
}

/** The channels that this installation is set up for. @throws BadKeyError in words when a key can't be used. */
export function configuredChannels(environment: PaymentEnvironment): PaymentChannel[] {
  const alipay = new AlipayChannel({
    gatewayUrl: environment.ALIPAY_GATEWAY_URL,
    appId: environment.ALIPAY_APP_ID,
    sellerId: environment.ALIPAY_SELLER_ID,
    privateKey: environment.ALIPAY_PRIVATE_KEY_FILE,
    alipayPublicKey: environment.ALIPAY_PUBLIC_KEY_FILE,
    feeBps: environment.ALIPAY_FEE_BPS,
  });
  return [environment.SANDBOX_PREOPENS_PAGES ? new PreopenedChannel(alipay) : alipay];
}
