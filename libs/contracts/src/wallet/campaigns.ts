import { z } from 'zod';
import { rpc } from '../contract.js';
import { id, micros } from '../fields.js';

const amount = micros.refine((value) => value > 0n, 'must be more than zero');

const part = micros.refine((value) => value >= 0n, 'must not be negative');

/** The key of a request that the ledger decides once: the same key is the same decision, for ever. */
const key = z.string().regex(/^[\x21-\x7e]{1,80}$/, 'must be 1 to 80 visible ASCII characters');

/** Sets a campaign's budget aside, or more of it. */
export const holdBudget = rpc('wallet.hold-budget', {
  request: z
    .object({ key, merchantId: id, campaignId: id, cash: part, bonus: part.default(0n) })
    .refine(({ cash, bonus }) => cash + bonus > 0n, { path: ['cash'], message: 'must be more than zero' }),
  response: z.object({ transferId: id }),
  errors: ['INSUFFICIENT_FUNDS', 'ACCOUNT_FROZEN', 'TRANSFER_KEY_CONFLICT', 'WALLET_BUSY'],
});

/** Gives back to the merchant whatever the campaign has not spent. The same key gives the same answer. */
export const releaseBudget = rpc('wallet.release-budget', {
  request: z.object({ key, merchantId: id, campaignId: id }),
  response: z.object({ transferId: id }),
  errors: ['NOTHING_TO_MOVE', 'ACCOUNT_FROZEN', 'TRANSFER_KEY_CONFLICT', 'WALLET_BUSY'],
});

/** What one campaign spent on one placement in one window of time. */
export const spend = z.object({
  /** `<window>:<campaign>:<placement>`: a window is posted once. */
  key,
  merchantId: id,
  campaignId: id,
  trafficOwnerId: id,
  /** The day, in Beijing, on which the window began. It matures with the other earnings of that day. */
  day: z.iso.date(),
  amount,
  /** The traffic owner's share, in hundredths of a percent; the platform has the rest as its commission. */
  ownerShareBps: z.number().int().min(0).max(10_000),
});
export type Spend = z.output<typeof spend>;

/** A refusal stands for ever: the same key gets it again. But `UNAVAILABLE` is no decision: ask again with the same key. */
export const spendRefusal = z.enum([
  'INSUFFICIENT_FUNDS',
  'ACCOUNT_FROZEN',
  'TRANSFER_KEY_CONFLICT',
  'BALANCE_OUT_OF_RANGE',
  'UNAVAILABLE',
]);

/** What became of a spend. */
const spendOutcome = z.object({
  key: z.string(),
  transferId: id.nullable(),
  refusal: spendRefusal.nullable(),
});

/** Each is decided by itself, in order; bonus is spent first. */
export const postSpends = rpc('wallet.post-spends', {
  request: z.object({ spends: z.array(spend).min(1).max(200) }),
  response: z.object({ outcomes: z.array(spendOutcome) }),
});
