import type { wallet } from '#libs/contracts';
import { correctionTransfer } from '../../adjustment/adjustment.recipe.js';
import { bonusExpiry } from '../../bonus/bonus-expiry.recipe.js';
import { bonusGrant } from '../../bonus/bonus.recipe.js';
import { channelSettlement } from '../../settlement/settlement.recipe.js';
import type { Wish } from './model-book.js';
import { HEADERS, written } from './wallet-wishes.js';

type Correction = Pick<wallet.Adjustment, 'id' | 'account' | 'ownerId' | 'part' | 'amount'>;

/** What was booked wrongly is put right, against suspense. */
export function putRight(correction: Correction): Wish {
  const { id, account, ownerId, part, amount } = correction;
  return {
    what: `adjustment ${written(correction)}`,
    key: `adjustment/${id}`,
    content: written(correction),
    request: () => correctionTransfer(correction, HEADERS),
    legs: () => [
      [part === null ? `${account}:${ownerId}` : `${account}:${ownerId}:${part}`, amount],
      ['system:suspense', -amount],
    ],
    twist: () => putRight({ ...correction, amount: -amount }),
  };
}

type Bonus = Pick<wallet.Adjustment, 'id' | 'ownerId' | 'amount'>;

export function grantBonus(bonus: Bonus): Wish {
  const { id, ownerId, amount } = bonus;
  return {
    what: `bonus ${written(bonus)}`,
    key: `bonus/${id}`,
    content: written(bonus),
    request: () => bonusGrant(bonus, HEADERS),
    legs: () => [
      [`merchant_bonus:${ownerId}`, amount],
      ['system:promotion', -amount],
    ],
    twist: () => grantBonus({ ...bonus, amount: amount + 1n }),
  };
}

/** What is left of a bonus, and no more than it was. */
export function endBonus(bonus: Bonus): Wish {
  const { id, ownerId, amount } = bonus;
  return {
    what: `bonus expiry ${written(bonus)}`,
    key: `bonus_expiry/${id}:1`,
    content: written(bonus),
    request: () => bonusExpiry({ ...bonus, expiryAttempt: 1 }, HEADERS),
    legs: (balances) => {
      const left = balances.balanceOf(`merchant_bonus:${ownerId}`);
      const ended = left < amount ? left : amount;
      return [
        [`merchant_bonus:${ownerId}`, -ended],
        ['system:promotion', ended],
      ];
    },
    twist: () => endBonus({ ...bonus, amount: amount + 1n }),
  };
}

type Line = Pick<wallet.Settlement, 'id' | 'channel' | 'direction' | 'amount' | 'fee' | 'bankReference'>;

/** A line of our bank, between us and a channel. */
export function settle(line: Line): Wish {
  const { id, channel, direction, amount, fee, bankReference } = line;
  const paidOut = direction === 'payout';
  return {
    what: `settlement ${written(line)}`,
    key: `channel_settlement/${id}`,
    content: written(line),
    trade: `settlement:${channel}:${bankReference}`,
    request: () =>
      channelSettlement(
        {
          ...line,
          state: 'RECORDED',
          valueDate: '2026-11-21',
          recordedBy: '1',
          recordedAt: new Date(),
          transferId: null,
          refusal: null,
        },
        HEADERS,
      ),
    legs: () => [
      [`system:${channel}_clearing`, paidOut ? amount + fee : fee - amount],
      ['system:bank', paidOut ? -amount : amount],
      ['system:channel_fee', -fee],
    ],
    twist: () => settle({ ...line, amount: amount + 1n }),
  };
}
