import type { PayloadOf, RequestOf, wallet, withdrawal } from '#libs/contracts';
import { budgetHold } from '../../campaign/budget-hold.recipe.js';
import { budgetRelease } from '../../campaign/budget-release.recipe.js';
import { spendTransfer } from '../../campaign/spend.recipe.js';
import { maturity } from '../../earnings/maturity.recipe.js';
import { withdrawalHold } from '../../withdrawal/withdrawal-hold.recipe.js';
import { withdrawalPaid } from '../../withdrawal/withdrawal-paid.recipe.js';
import { withdrawalReleased } from '../../withdrawal/withdrawal-released.recipe.js';
import { withdrawalReturned } from '../../withdrawal/withdrawal-returned.recipe.js';
import type { Wish } from './model-book.js';
import { HEADERS, written } from './wallet-wishes.js';

type Budget = RequestOf<typeof wallet.holdBudget>;

export function holdBudget(budget: Budget): Wish {
  const { key, merchantId, campaignId, cash, bonus } = budget;
  return {
    what: `budget hold ${written(budget)}`,
    key: `budget_hold/${key}`,
    content: written(budget),
    request: () => budgetHold(budget, HEADERS),
    legs: () => [
      [`merchant_cash:${merchantId}`, -cash],
      [`campaign_cash:${merchantId}:${campaignId}`, cash],
      [`merchant_bonus:${merchantId}`, -bonus],
      [`campaign_bonus:${merchantId}:${campaignId}`, bonus],
    ],
    twist: () => holdBudget({ ...budget, cash: cash + 1n }),
  };
}

const WHOLE = 10_000n;

/** Bonus is spent first; of what can't be split evenly, the larger rest is rounded up, the owner's before ours. */
export function spend(spent: wallet.Spend): Wish {
  const { key, merchantId, campaignId, trafficOwnerId, day, amount, ownerShareBps } = spent;
  return {
    what: `spend ${written(spent)}`,
    key: `spend/${key}`,
    content: written(spent),
    request: () => spendTransfer(spent, HEADERS),
    legs: (balances) => {
      const [bonus, cash] = ['bonus', 'cash'].map((kind) => `campaign_${kind}:${merchantId}:${campaignId}`);
      if (bonus === undefined || cash === undefined) return [];
      const there = balances.balanceOf(bonus);
      const fromBonus = there < amount ? there : amount;
      const exact = amount * BigInt(ownerShareBps);
      const earned = exact / WHOLE + ((exact % WHOLE) * 2n >= WHOLE ? 1n : 0n);
      return [
        [bonus, -fromBonus],
        [`traffic_pending:${trafficOwnerId}:${day}`, earned],
        ['system:commission', amount - earned],
        [cash, fromBonus - amount],
      ];
    },
    twist: () => spend({ ...spent, amount: amount + 1n }),
  };
}

type Release = RequestOf<typeof wallet.releaseBudget>;

/** All that a campaign has left. */
export function release(over: Release): Wish {
  const { key, merchantId, campaignId } = over;
  return {
    what: `budget release ${written(over)}`,
    key: `budget_release/${key}`,
    content: written(over),
    request: () => budgetRelease(over, HEADERS),
    legs: (balances) =>
      ['cash', 'bonus'].flatMap((kind) => {
        const campaign = `campaign_${kind}:${merchantId}:${campaignId}`;
        const left = balances.balanceOf(campaign);
        return [
          [campaign, -left],
          [`merchant_${kind}:${merchantId}`, left],
        ] as const;
      }),
    twist: () => release({ ...over, campaignId: `${campaignId}0` }),
  };
}

/** All that an owner has earned on a day. @param version so that a day can mature more than once. */
export function mature(ownerId: string, day: string, version: number): Wish {
  const due = { ownerId, day, version, today: '2026-12-24' };
  return {
    what: `maturity ${written(due)}`,
    key: `maturity/${ownerId}:${day}:${version}:2026-12-24`,
    content: '',
    request: () => maturity(due, HEADERS),
    legs: (balances) => {
      const earned = balances.balanceOf(`traffic_pending:${ownerId}:${day}`);
      return [
        [`traffic_pending:${ownerId}:${day}`, -earned],
        [`traffic_available:${ownerId}`, earned],
      ];
    },
  };
}

type Withdrawal = RequestOf<typeof wallet.holdWithdrawal>;

export function withdraw(wanted: Withdrawal): Wish {
  const { withdrawalId, ownerId, amount } = wanted;
  return {
    what: `withdrawal ${written(wanted)}`,
    key: `withdraw/${withdrawalId}`,
    content: written(wanted),
    request: () => withdrawalHold(wanted, HEADERS),
    legs: () => [
      [`traffic_available:${ownerId}`, -amount],
      [`traffic_withdrawing:${ownerId}:${withdrawalId}`, amount],
    ],
    twist: () => withdraw({ ...wanted, amount: amount + 1n }),
  };
}

type Ended = PayloadOf<typeof withdrawal.withdrawalSettled>;

const PAID_FROM = { alipay: 'system:alipay_clearing', wechat: 'system:wechat_clearing', bank: 'system:bank' };

/** The payee has the money, or nothing was paid: the two have one key. */
export function endWithdrawal(ended: Ended): Wish {
  const { withdrawalId, ownerId, amount, fee, tax, method, outcome } = ended;
  const held = `traffic_withdrawing:${ownerId}:${withdrawalId}`;
  const paid = outcome === 'PAID';
  return {
    what: `withdrawal ended ${written(ended)}`,
    key: `withdrawal_settlement/${withdrawalId}`,
    settlesHold: true,
    content: paid ? written(ended) : written({ withdrawalId, ownerId, amount }),
    request: () => (paid ? withdrawalPaid : withdrawalReleased)(ended, HEADERS),
    legs: () =>
      paid
        ? [
            [held, -amount],
            [PAID_FROM[method], amount - fee - tax],
            ['system:withdrawal_fee', fee],
            ['system:tax_payable', tax],
          ]
        : [
            [held, -amount],
            [`traffic_available:${ownerId}`, amount],
          ],
    twist: () => endWithdrawal({ ...ended, outcome: paid ? 'RELEASED' : 'PAID' }),
  };
}

/** It was paid, and came back days later. */
export function comeBack(returned: PayloadOf<typeof withdrawal.withdrawalReturned>): Wish {
  const { withdrawalId, ownerId, amount, fee, tax, method } = returned;
  return {
    what: `withdrawal returned ${written(returned)}`,
    key: `withdrawal_returned/${withdrawalId}`,
    content: written(returned),
    request: () => withdrawalReturned(returned, HEADERS),
    legs: () => [
      [`traffic_available:${ownerId}`, amount],
      [PAID_FROM[method], fee + tax - amount],
      ['system:withdrawal_fee', -fee],
      ['system:tax_payable', -tax],
    ],
    twist: () => comeBack({ ...returned, amount: amount + 1n }),
  };
}
