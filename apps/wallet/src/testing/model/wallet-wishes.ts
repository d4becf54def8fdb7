import type { PayloadOf, RequestOf, payment, wallet } from '#libs/contracts';
import { feeCorrection } from '../../reconciliation/fee-correction.recipe.js';
import { writeOff } from '../../reconciliation/write-off.recipe.js';
import { rechargeTransfer } from '../../recharge/recharge.recipe.js';
import { refundHold } from '../../refund/refund-hold.recipe.js';
import { refundReleased } from '../../refund/refund-release.recipe.js';
import { refundTaken } from '../../refund/refund.recipe.js';
import { unownedRefund } from '../../unowned/unowned-refund.recipe.js';
import { unownedReceived } from '../../unowned/unowned.recipe.js';
import type { ModelLeg, Wish } from './model-book.js';

export const HEADERS = { requestId: 'model' };

/** What is written of a wish in its content: JSON, with amounts as what they are. */
export const written = (wish: object): string =>
  JSON.stringify(wish, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

type Paid = Pick<
  PayloadOf<typeof payment.orderPaid>,
  'orderId' | 'merchantId' | 'amount' | 'fee' | 'bonus' | 'channel' | 'channelTradeNo'
>;

export function recharge(paid: Paid): Wish {
  const { orderId, merchantId, amount, fee, bonus, channel, channelTradeNo } = paid;
  return {
    what: `recharge ${written(paid)}`,
    key: `recharge/${orderId}`,
    content: written(paid),
    trade: `${channel}:${channelTradeNo}`,
    request: () => rechargeTransfer({ ...paid, attemptId: orderId, paidAt: new Date() }, HEADERS),
    legs: () => [
      [`merchant_cash:${merchantId}`, amount],
      [`system:${channel}_clearing`, fee - amount],
      ['system:channel_fee', -fee],
      [`merchant_bonus:${merchantId}`, bonus],
      ['system:promotion', -bonus],
    ],
    twist: () => recharge({ ...paid, amount: amount + 1n }),
  };
}

type Unowned = Omit<Paid, 'orderId' | 'merchantId' | 'bonus'> & { readonly attemptId: string };

/** A buyer's money that pays no order. */
export function unowned(received: Unowned): Wish {
  const { attemptId, amount, fee, channel, channelTradeNo } = received;
  return {
    what: `unowned ${written(received)}`,
    key: `unowned/${attemptId}`,
    content: written(received),
    trade: `${channel}:${channelTradeNo}`,
    request: () => unownedReceived({ ...received, orderId: '1' }, HEADERS),
    legs: () => [
      ['system:suspense', amount],
      [`system:${channel}_clearing`, fee - amount],
      ['system:channel_fee', -fee],
    ],
    twist: () => unowned({ ...received, amount: amount + 1n }),
  };
}

type Settled = Pick<
  PayloadOf<typeof payment.refundSettled>,
  'refundId' | 'merchantId' | 'channel' | 'amount' | 'outcome'
>;

const settledOf = (settled: Settled): PayloadOf<typeof payment.refundSettled> => ({
  ...settled,
  orderId: '1',
  attemptId: '1',
  kind: 'merchant',
  channelRefundNo: null,
});

/** It went back to whoever paid. */
export function givenBack(settled: Omit<Settled, 'outcome' | 'merchantId'>): Wish {
  const { refundId, channel, amount } = settled;
  return {
    what: `unowned refund ${written(settled)}`,
    key: `unowned_refund/${refundId}`,
    content: written(settled),
    request: () => unownedRefund(settledOf({ ...settled, merchantId: '1', outcome: 'SUCCEEDED' }), HEADERS),
    legs: () => [
      ['system:suspense', -amount],
      [`system:${channel}_clearing`, amount],
    ],
    twist: () => givenBack({ ...settled, channel: channel === 'alipay' ? 'wechat' : 'alipay' }),
  };
}

type Hold = Omit<RequestOf<typeof wallet.holdRefund>, 'orderId'>;

/** A refund's money is set aside; bonus that was spent already is made up for in cash. */
export function holdRefund(hold: Hold, whenPosted: (legs: readonly ModelLeg[]) => void): Wish {
  const { refundId, merchantId, amount, bonus } = hold;
  return {
    what: `refund hold ${written(hold)}`,
    key: `refund_hold/${refundId}`,
    content: written(hold),
    whenPosted,
    request: () => refundHold({ ...hold, orderId: '1' }, HEADERS),
    legs: (balances) => {
      const there = balances.balanceOf(`merchant_bonus:${merchantId}`);
      const fromBonus = there < bonus ? there : bonus;
      return [
        [`merchant_cash:${merchantId}`, -(amount + bonus - fromBonus)],
        [`refund_in_transit:${merchantId}`, amount],
        [`merchant_bonus:${merchantId}`, -fromBonus],
        [`bonus_in_transit:${merchantId}`, bonus],
      ];
    },
    twist: () => holdRefund({ ...hold, amount: amount + 1n }, whenPosted),
  };
}

/** What the ledger's book says about a hold. */
export type FindHeld = (refundId: string) => Promise<readonly { code: string; amount: bigint }[]>;

/** The channel has given the money back, or has not: the two have one key. */
export function settleRefund(settled: Settled, held: () => readonly ModelLeg[], find: FindHeld): Wish {
  const { refundId, merchantId, channel, outcome } = settled;
  const taken = outcome === 'SUCCEEDED';
  return {
    what: `refund ${written(settled)}`,
    key: `refund_settlement/${refundId}`,
    settlesHold: true,
    content: written(settled),
    request: async () => {
      const recipe = taken ? refundTaken : refundReleased;
      return recipe({ settled: settledOf(settled), entries: await find(refundId) }, HEADERS);
    },
    legs: (balances) => {
      const moved = held().toSorted(([a], [b]) => (balances.idOf(a) < balances.idOf(b) ? -1 : 1));
      if (!taken) return moved.map(([code, amount]): ModelLeg => [code, -amount]);
      const back: Readonly<Record<string, string>> = {
        [`refund_in_transit:${merchantId}`]: `system:${channel}_clearing`,
        [`bonus_in_transit:${merchantId}`]: 'system:promotion',
      };
      return moved.flatMap(([code, amount]): readonly ModelLeg[] => {
        const to = back[code];
        return to === undefined
          ? []
          : [
              [code, -amount],
              [to, amount],
            ];
      });
    },
    twist: () => settleRefund({ ...settled, outcome: taken ? 'FAILED' : 'SUCCEEDED' }, held, find),
  };
}

type Correction = Pick<PayloadOf<typeof payment.feeCorrected>, 'key' | 'channel' | 'difference'>;

export function correctFee(correction: Correction): Wish {
  const { key, channel, difference } = correction;
  return {
    what: `fee correction ${written(correction)}`,
    key: `fee_correction/${key}`,
    content: written(correction),
    request: () =>
      feeCorrection(
        {
          ...correction,
          subject: `${channel}-main:payment:${key}`,
          accountId: `${channel}-main`,
          billDate: '2026-11-21',
        },
        HEADERS,
      ),
    legs: () => [
      ['system:channel_fee', -difference],
      [`system:${channel}_clearing`, difference],
    ],
    twist: () => correctFee({ ...correction, difference: -difference }),
  };
}

type WriteOff = Pick<PayloadOf<typeof payment.differenceWrittenOff>, 'differenceId' | 'channel' | 'amount'>;

export function giveUp(difference: WriteOff): Wish {
  const { differenceId, channel, amount } = difference;
  return {
    what: `write-off ${written(difference)}`,
    key: `write_off/${differenceId}`,
    content: written(difference),
    request: () => writeOff({ ...difference, reason: 'Nobody knows' }, HEADERS),
    legs: () => [
      [`system:${channel}_clearing`, -amount],
      ['system:write_off', amount],
    ],
    twist: () => giveUp({ ...difference, amount: -amount }),
  };
}
