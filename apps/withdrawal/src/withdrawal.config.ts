import { z } from 'zod';
import { parseYuan } from '#libs/money';
import { databaseEnvironment, serviceEnvironment } from '#libs/service';
import { payoutAccountEnvironment } from './payout-accounts/payout-accounts.config.js';
import type { ChargeRates } from './withdrawals/charges.js';
import type { WithdrawalLimits } from './withdrawals/limits.js';
import type { RiskThresholds } from './withdrawals/risk.js';

const yuan = z.string().transform((text, context) => {
  try {
    return parseYuan(text);
  } catch (error) {
    context.issues.push({ code: 'custom', message: (error as Error).message, input: text });
    return z.NEVER;
  }
});
const bps = z.coerce.number().int().min(0).max(9_999);

export const withdrawalEnvironment = serviceEnvironment.extend(databaseEnvironment.shape).extend({
  /** Our accounts at the channels, the same file that payment reads. */
  PAYMENT_CHANNELS_FILE: z.string().min(1),
  WITHDRAWAL_MIN_YUAN: yuan.default(parseYuan('10.00')),
  WITHDRAWAL_MAX_YUAN: yuan.default(parseYuan('20000.00')),
  WITHDRAWAL_DAY_YUAN: yuan.default(parseYuan('50000.00')),
  WITHDRAWAL_MONTH_YUAN: yuan.default(parseYuan('500000.00')),
  WITHDRAWAL_DAY_COUNT: z.coerce.number().int().min(1).default(5),
  /** Hundredths of a percent: 50 is 0.5 %. */
  WITHDRAWAL_FEE_BPS: bps.default(0),
  WITHDRAWAL_MIN_FEE_YUAN: yuan.default(0n),
  WITHDRAWAL_TAX_BPS: bps.default(0),
  /** From this amount on two operators have to approve. */
  WITHDRAWAL_TWO_APPROVALS_YUAN: yuan.default(parseYuan('5000.00')),
  WITHDRAWAL_LARGE_YUAN: yuan.default(parseYuan('10000.00')),
  WITHDRAWAL_MANY_A_DAY: z.coerce.number().int().min(1).default(3),
  /** What the payee reads at the channel. */
  PAYOUT_REMARK: z.string().min(1).max(32).default('广告收益提现'),
  /**
   * Where a payee confirms a transfer by WeChat Pay: a page of yours that opens WeChat's own with `{package}`. Without it the
   * owner is shown the package itself.
   */
  PAYEE_CONFIRM_URL: z.string().includes('{package}').optional(),
  /**
   * The first pause before a payout that is not decided is asked about; then twice as long each time. Six of them are longer
   * than a call can be on its way: before that, a refusal of its repeat proves nothing.
   */
  PAYOUT_RETRY_SECONDS: z.coerce.number().min(0.05).default(10),
  /** When a paid one is looked at again, in seconds after it was booked, since a bank may give it back. */
  PAYOUT_LOOK_AGAIN_SECONDS: z
    .string()
    .regex(/^\d+(,\d+)*$/, 'must be seconds, separated by commas')
    .transform((text) => text.split(',').map(Number))
    .default([3_600, 86_400, 172_800, 345_600, 604_800]),
  SWEEP_EVERY_MS: z.coerce.number().int().min(50).default(1_000),
  /** How long an owner waits for the wallet's answer before being told that it comes later. */
  ANSWER_WITHIN_MS: z.coerce.number().int().min(100).default(2_500),
  ...payoutAccountEnvironment.shape,
});
export type WithdrawalEnvironment = z.output<typeof withdrawalEnvironment>;

/** What the parts of this service want to know, in their own words. Amounts in micro-yuan. */
export class WithdrawalConfig {
  readonly channelsFile: string;
  readonly limits: WithdrawalLimits;
  readonly rates: ChargeRates;
  readonly risk: RiskThresholds;
  readonly twoApprovalsFrom: bigint;
  readonly payoutRemark: string;
  readonly payoutRetryMs: number;
  /** So long after a call to a channel nothing of it is on its way any more, whatever became of its answer. */
  readonly callsArriveWithinMs: number;
  private readonly payeeConfirmUrl: string | undefined;
  /** The pauses between one look and the next. */
  readonly lookAgainMs: readonly number[];
  readonly sweepEveryMs: number;
  readonly answerWithinMs: number;

  constructor(environment: WithdrawalEnvironment) {
    this.channelsFile = environment.PAYMENT_CHANNELS_FILE;
    this.limits = {
      minAmount: environment.WITHDRAWAL_MIN_YUAN,
      maxAmount: environment.WITHDRAWAL_MAX_YUAN,
      amountPerDay: environment.WITHDRAWAL_DAY_YUAN,
      amountPerMonth: environment.WITHDRAWAL_MONTH_YUAN,
      countPerDay: environment.WITHDRAWAL_DAY_COUNT,
    };
    this.rates = {
      feeBps: environment.WITHDRAWAL_FEE_BPS,
      minFee: environment.WITHDRAWAL_MIN_FEE_YUAN,
      taxBps: environment.WITHDRAWAL_TAX_BPS,
    };
    this.risk = {
      largeFrom: environment.WITHDRAWAL_LARGE_YUAN,
      manyFrom: environment.WITHDRAWAL_MANY_A_DAY,
    };
    this.twoApprovalsFrom = environment.WITHDRAWAL_TWO_APPROVALS_YUAN;
    this.payoutRemark = environment.PAYOUT_REMARK;
    this.payeeConfirmUrl = environment.PAYEE_CONFIRM_URL;
    this.payoutRetryMs = environment.PAYOUT_RETRY_SECONDS * 1_000;
    // Standing in line, the call, the question after it, and as long again for what a proxy holds back.
    this.callsArriveWithinMs = 6 * this.payoutRetryMs;
    this.lookAgainMs = environment.PAYOUT_LOOK_AGAIN_SECONDS.map(
      (seconds, index, all) => (seconds - (all[index - 1] ?? 0)) * 1_000,
    );
    this.sweepEveryMs = environment.SWEEP_EVERY_MS;
    this.answerWithinMs = environment.ANSWER_WITHIN_MS;
  }

  /** What the payee opens to confirm, from what the channel wants to be opened with. */
  confirmationOf(channelsPackage: string): string {
    return this.payeeConfirmUrl?.replace('{package}', encodeURIComponent(channelsPackage)) ?? channelsPackage;
  }
}
