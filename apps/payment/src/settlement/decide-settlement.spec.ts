import { describe, expect, it } from '@jest/globals';
import { payment } from '#libs/contracts';
import { formatYuan } from '#libs/money';
import type { ChannelTrade } from '#libs/payments';
import { ATTEMPT_TRANSITIONS, ORDER_TRANSITIONS } from '../orders/order-states.js';
import { type AttemptFacts, type SettlementDecision, decideSettlement } from './decide-settlement.js';

const AMOUNT = 50_000_000n;
const paid = (amount = AMOUNT): ChannelTrade => ({
  state: 'PAID',
  channelTradeNo: '2026112022001400000000000001',
  amount,
  paidAt: new Date('2026-11-20T03:04:05Z'),
});
const facts = (more: Partial<AttemptFacts> = {}): AttemptFacts => ({
  accountId: 'alipay-main',
  attemptState: 'PENDING',
  orderState: 'PAYING',
  amount: AMOUNT,
  channelTradeNo: null,
  tradeBookedBy: null,
  ...more,
});
const decide = (more: Partial<AttemptFacts>, trade: ChannelTrade, mismatches: readonly string[] = []) =>
  decideSettlement(facts(more), trade, 'alipay-main', mismatches);

const ATTEMPT_STATES = payment.attemptState.options;
const ORDER_STATES = payment.orderState.options;
/** Every attempt with every order. */
const EVERYTHING = ATTEMPT_STATES.flatMap((attemptState) =>
  ORDER_STATES.map((orderState) => ({ attemptState, orderState })),
);

type Action = SettlementDecision['action'];
type Table = Readonly<Record<payment.AttemptState, readonly Action[]>>;

/** What is decided for an attempt in each state, by its order's: CREATED, PAYING, PAID, CREDITED, CLOSED. */
const WHEN_PAID: Table = {
  CREATED: ['PAY', 'PAY', 'DUPLICATE', 'DUPLICATE', 'PAY'],
  PENDING: ['PAY', 'PAY', 'DUPLICATE', 'DUPLICATE', 'PAY'],
  CLOSED: ['PAY', 'PAY', 'DUPLICATE', 'DUPLICATE', 'PAY'],
  FAILED: ['PAY', 'PAY', 'DUPLICATE', 'DUPLICATE', 'PAY'],
  SUCCEEDED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
  CONFLICTED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
  DUPLICATED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
};
const WHEN_CLOSED: Table = {
  CREATED: ['CLOSE', 'CLOSE', 'CLOSE', 'CLOSE', 'CLOSE'],
  PENDING: ['CLOSE', 'CLOSE', 'CLOSE', 'CLOSE', 'CLOSE'],
  CLOSED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
  FAILED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
  SUCCEEDED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
  CONFLICTED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
  DUPLICATED: ['NONE', 'NONE', 'NONE', 'NONE', 'NONE'],
};

describe('what follows when the channel says', () => {
  it.each(EVERYTHING)('PAID, of an attempt $attemptState and its order $orderState', (states) => {
    const expected = WHEN_PAID[states.attemptState][ORDER_STATES.indexOf(states.orderState)];
    expect(decide(states, paid()).action).toBe(expected);
  });

  it.each(EVERYTHING)('CLOSED, of an attempt $attemptState and its order $orderState', (states) => {
    const expected = WHEN_CLOSED[states.attemptState][ORDER_STATES.indexOf(states.orderState)];
    expect(decide(states, { state: 'CLOSED' }).action).toBe(expected);
  });

  it.each(['WAITING', 'NOT_FOUND'] as const)('%s: nothing, whatever we know', (state) => {
    for (const states of EVERYTHING) {
      expect(decide(states, { state })).toEqual({ action: 'NONE', why: `the channel says ${state}` });
    }
  });
});

describe('a payment', () => {
  it('is late when the order had been closed, and counts all the same', () => {
    expect(decide({ attemptState: 'CLOSED', orderState: 'CLOSED' }, paid())).toEqual({
      action: 'PAY',
      late: true,
    });
    expect(decide({}, paid())).toEqual({ action: 'PAY', late: false });
  });

  it.each([
    ['a fen less', AMOUNT - 10_000n],
    ['a fen more', AMOUNT + 10_000n],
    ['a thousand times as much', AMOUNT * 1_000n],
    ['nothing', 0n],
  ])('of %s than was asked for is a conflict that names both amounts', (_what, amount) => {
    expect(decide({}, paid(amount))).toEqual({
      action: 'CONFLICT',
      reason: `paid ${formatYuan(amount)} yuan where ${formatYuan(AMOUNT)} were asked for`,
      tradeIsFree: true,
    });
  });

  it('to another app or seller is a conflict, though the amount is right', () => {
    expect(decide({}, paid(), ['app_id is 1, ours is 2'])).toEqual({
      action: 'CONFLICT',
      reason: 'app_id is 1, ours is 2',
      tradeIsFree: true,
    });
  });

  it('to another account of ours than was asked is a conflict: the books of both would be wrong', () => {
    expect(decide({ accountId: 'alipay-second' }, paid())).toEqual({
      action: 'CONFLICT',
      reason: 'paid to our account alipay-main, asked for with alipay-second',
      tradeIsFree: true,
    });
  });

  it('under a trade number that paid another attempt is a conflict, and that number stays where it is', () => {
    expect(decide({ tradeBookedBy: '7' }, paid())).toEqual({
      action: 'CONFLICT',
      reason: 'trade 2026112022001400000000000001 has paid attempt 7 before',
      tradeIsFree: false,
    });
  });

  it('tells everything that is wrong with it', () => {
    const decision = decide({ orderState: 'PAID' }, paid(1n), [
      'app_id is 1, ours is 2',
      'seller_id is missing',
    ]);
    expect(decision).toEqual({
      action: 'CONFLICT',
      reason: 'app_id is 1, ours is 2; seller_id is missing; paid 0.000001 yuan where 50.00 were asked for',
      tradeIsFree: true,
    });
  });

  it('that was told before changes nothing, not even when it is told differently now', () => {
    for (const attemptState of ['SUCCEEDED', 'CONFLICTED', 'DUPLICATED'] as const) {
      for (const trade of [paid(), paid(1n), { state: 'CLOSED' } as const, { state: 'WAITING' } as const]) {
        expect(decide({ attemptState, orderState: 'CREDITED' }, trade, ['app_id is 1']).action).toBe('NONE');
      }
    }
  });
});

describe('a closing', () => {
  it("of another app's or seller's trade closes nothing of ours", () => {
    expect(decide({}, { state: 'CLOSED' }, ['seller_id is 1, ours is 2'])).toEqual({
      action: 'NONE',
      why: 'the trade that was closed is not ours: seller_id is 1, ours is 2',
    });
  });
});

describe('every decision', () => {
  it('is a move that the tables of states allow', () => {
    for (const { attemptState, orderState } of EVERYTHING) {
      const attempt: readonly string[] = ATTEMPT_TRANSITIONS[attemptState];
      const order: readonly string[] = ORDER_TRANSITIONS[orderState];
      const { action } = decide({ attemptState, orderState }, paid());
      expect(action !== 'PAY' || (attempt.includes('SUCCEEDED') && order.includes('PAID'))).toBe(true);
      expect(action !== 'CONFLICT' || attempt.includes('CONFLICTED')).toBe(true);
      expect(action !== 'DUPLICATE' || attempt.includes('DUPLICATED')).toBe(true);
    }
  });
});
