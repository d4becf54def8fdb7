import type { wallet } from '#libs/contracts';
import { splitByWeights } from '#libs/money';
import { COMMISSION } from '../ledger/chart-of-accounts.js';
import { recipe } from '../ledger/recipe.js';

const WHOLE_BPS = 10_000n;

/**
 * What a campaign has spent on a placement in a window of time: the traffic owner's share, and our commission. The two sum
 * to the whole (largest remainder). Bonus is spent before cash; the traffic owner earns real money for it either way.
 */
export const spendTransfer = recipe<wallet.Spend>({
  kind: 'spend',
  invariant:
    'once per window, campaign and placement; its parts sum to the spend; never more than the budget',
  key: ({ key }) => key,
  legs: ({ merchantId, campaignId, trafficOwnerId, day, amount, ownerShareBps }) => {
    const share = BigInt(ownerShareBps);
    const [earned = 0n, commission = 0n] = splitByWeights(amount, [share, WHOLE_BPS - share]);
    const cash = { kind: 'campaign_cash', ownerId: merchantId, part: campaignId } as const;
    return [
      { account: { ...cash, kind: 'campaign_bonus' }, amount: -amount, shortfallFrom: cash },
      { account: { kind: 'traffic_pending', ownerId: trafficOwnerId, part: day }, amount: earned },
      { account: { system: COMMISSION }, amount: commission },
    ];
  },
});
