import { dayAfter, spanOf } from '#libs/calendar';
import type { wallet } from '#libs/contracts';

export interface SeedPlan {
  readonly merchantId: string;
  readonly trafficOwnerId: string;
  readonly campaignId: string;
  /** The last day with earnings, in Beijing. */
  readonly lastDay: string;
  readonly days: number;
  /** Micro-yuan that a day spends, more or less. */
  readonly perDay: bigint;
  /** The same seed is the same plan. */
  readonly seed: number;
}

const HOURS = 24;
const PLACEMENTS = ['home-banner', 'article-side', 'video-preroll'] as const;
/** How much of a day's traffic each hour has, in Beijing: little at night, most in the evening. */
const BUSYNESS = [2, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 7, 8, 7, 6, 6, 6, 7, 8, 10, 12, 12, 9, 5];
const ALL_BUSY = BUSYNESS.reduce((sum, hour) => sum + hour, 0);
/** In hundredths of a percent: 70 % for whoever shows the ads. */
const OWNER_SHARE_BPS = 7_000;

/**
 * Spends as the ads of one campaign would make them: an hour and a placement each, with amounts that are no round ones, since
 * a thousand impressions cost what an auction says. Pure.
 */
export function seededSpends(plan: SeedPlan): wallet.Spend[] {
  const random = randomFrom(plan.seed);
  const { merchantId, trafficOwnerId, campaignId } = plan;
  return Array.from({ length: plan.days }, (_, back) => dayAfter(plan.lastDay, back - plan.days + 1)).flatMap(
    (day) =>
      BUSYNESS.slice(0, HOURS).flatMap((busy, hour) =>
        PLACEMENTS.map((placement) => {
          const window = new Date(spanOf(day).from.getTime() + hour * 3_600_000).toISOString().slice(0, 16);
          const share = (plan.perDay * BigInt(busy)) / BigInt(ALL_BUSY * PLACEMENTS.length);
          const swing = BigInt(Math.floor(random() * 1_000)) + 500n;
          const amount = (share * swing) / 1_000n + 1n;
          const key = `${window}:${campaignId}:${placement}`;
          return { key, merchantId, campaignId, trafficOwnerId, day, amount, ownerShareBps: OWNER_SHARE_BPS };
        }),
      ),
  );
}

/** A small generator of numbers from 0 to 1 (mulberry32), so that a seed gives the same ones everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
