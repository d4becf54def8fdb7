import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { payment } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { NO_CREDENTIAL } from '../attempts/new-attempt.js';
import { ConflictsController } from '../conflicts/conflicts.controller.js';
import { AMOUNT, announcementsOf, paidTrade, rowsOf, storedOrder } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import type { ChannelWord } from './settlement.service.js';

let fixture: PaymentFixture;

beforeAll(async () => {
  fixture = await startPaymentFixture();
}, 60_000);
afterAll(() => fixture.stop());

type Told = { readonly attempt: { readonly id: string } };

/** The channel's word about an order's attempt. */
const tell = (order: Told, trade: ChannelWord['trade'], mismatches: readonly string[] = []) =>
  fixture.settlement.settle({
    outTradeNo: order.attempt.id,
    trade,
    channel: fixture.channel,
    mismatches,
    source: 'notify',
  });

describe('a payment', () => {
  it('moves attempt and order and announces it, with the fee, in one go', async () => {
    const order = await storedOrder(fixture);
    const trade = paidTrade();

    expect(await tell(order, trade)).toEqual({ action: 'PAY', late: false });

    expect(await rowsOf(fixture, order.id)).toMatchObject({
      state: 'PAID',
      version: 2,
      credit_due_at: expect.any(Date),
      attempt_state: 'SUCCEEDED',
      channel_trade_no: trade.channelTradeNo,
      paid_amount: '50000000',
      next_query_at: null,
    });
    expect(await announcementsOf(fixture, order.id)).toEqual([
      {
        orderId: order.id,
        attemptId: order.attempt.id,
        merchantId: order.merchantId,
        amount: '50000000',
        fee: '300000',
        bonus: '0',
        channel: 'alipay',
        channelTradeNo: trade.channelTradeNo,
        paidAt: '2026-11-20T03:04:05.000Z',
      },
    ]);
    await eventually('it is told', () =>
      fixture.relayed.some(({ payload }) => (payload as { orderId: string }).orderId === order.id),
    );
  });

  it('that is told fifty times at once is one payment', async () => {
    const order = await storedOrder(fixture);
    const trade = paidTrade();

    const decisions = await Promise.all(Array.from({ length: 50 }, () => tell(order, trade)));

    expect(decisions.filter((decision) => decision?.action === 'PAY')).toHaveLength(1);
    expect(decisions.filter((decision) => decision?.action === 'NONE')).toHaveLength(49);
    expect(await announcementsOf(fixture, order.id)).toHaveLength(1);
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAID', version: 2 });
  });

  it('is taken for what it is by an order that never got as far as PAYING', async () => {
    const order = await storedOrder(fixture, {
      state: 'CREATED',
      attempt: { state: 'CREATED', credential: NO_CREDENTIAL },
    });
    expect(await tell(order, paidTrade())).toEqual({ action: 'PAY', late: false });
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAID', attempt_state: 'SUCCEEDED' });
  });

  it('that comes after the closing is late, and counts', async () => {
    const order = await storedOrder(fixture);
    expect(await tell(order, { state: 'CLOSED' })).toEqual({ action: 'CLOSE' });
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'CLOSED', attempt_state: 'CLOSED' });

    expect(await tell(order, paidTrade())).toEqual({ action: 'PAY', late: true });

    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAID', attempt_state: 'SUCCEEDED' });
    expect(await announcementsOf(fixture, order.id)).toHaveLength(1);
  });

  it('and a closing that are told at the same moment always end as the payment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const order = await storedOrder(fixture);
      const told = [{ state: 'CLOSED' } as const, paidTrade(), { state: 'WAITING' } as const];
      const inTurn = round % 2 === 0 ? told : told.toReversed();
      await Promise.all(inTurn.map((trade) => tell(order, trade)));
      expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAID', attempt_state: 'SUCCEEDED' });
      expect(await announcementsOf(fixture, order.id)).toHaveLength(1);
    }
  });

  it.each(['WAITING', 'CLOSED', 'NOT_FOUND'] as const)(
    'is not undone by a word that was overtaken: %s',
    async (state) => {
      const order = await storedOrder(fixture);
      await tell(order, paidTrade());
      const before = await rowsOf(fixture, order.id);

      expect(await tell(order, { state })).toMatchObject({ action: 'NONE' });

      expect(await rowsOf(fixture, order.id)).toEqual(before);
    },
  );

  it('is what a page sees that had read the order before', async () => {
    const order = await storedOrder(fixture);
    expect((await fixture.cache.get(order.id))?.state).toBe('PAYING');
    await tell(order, paidTrade());
    expect(await fixture.cache.get(order.id)).toMatchObject({ state: 'PAID', payUrl: null });
  });
});

describe('a payment that is not as it was asked for', () => {
  it.each([
    ['too little', AMOUNT - 10_000n, [], 'paid 49.99 yuan where 50.00 were asked for'],
    ['too much', AMOUNT * 2n, [], 'paid 100.00 yuan where 50.00 were asked for'],
    ['to another app', AMOUNT, ['app_id is 1, ours is 2'], 'app_id is 1, ours is 2'],
  ])('(%s) is kept for an operator and never announced', async (_what, amount, mismatches, reason) => {
    const order = await storedOrder(fixture);
    const trade = paidTrade(amount);

    expect(await tell(order, trade, mismatches)).toEqual({ action: 'CONFLICT', reason, tradeIsFree: true });

    expect(await rowsOf(fixture, order.id)).toMatchObject({
      state: 'CLOSED',
      credit_due_at: null,
      attempt_state: 'CONFLICTED',
      channel_trade_no: trade.channelTradeNo,
      paid_amount: amount.toString(),
      conflict_reason: reason,
      next_query_at: null,
    });
    expect(await announcementsOf(fixture, order.id)).toEqual([]);
  });

  it('stays in conflict when the right amount is told afterwards', async () => {
    const order = await storedOrder(fixture);
    const trade = paidTrade(1_000_000n);
    await tell(order, trade);
    expect(await tell(order, { ...trade, amount: AMOUNT })).toMatchObject({ action: 'NONE' });
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'CLOSED', attempt_state: 'CONFLICTED' });
    expect(await announcementsOf(fixture, order.id)).toEqual([]);
  });

  it('is on the list that operators read, newest first, page by page over all tables', async () => {
    const made: string[] = [];
    for (let count = 0; count < 9; count += 1) {
      const order = await storedOrder(fixture);
      await tell(order, paidTrade(AMOUNT + 10_000n));
      made.push(order.attempt.id);
    }
    const list = new ConflictsController(fixture.shards);

    const seen: payment.Conflict[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await list.list({ limit: 4, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }

    const ids = seen.map(({ attemptId }) => attemptId);
    expect(ids.slice(0, 9)).toEqual(made.toReversed());
    expect(new Set(ids).size).toBe(ids.length);
    expect(seen[0]).toMatchObject({
      channel: 'alipay',
      expectedAmount: AMOUNT,
      paidAmount: AMOUNT + 10_000n,
      reason: 'paid 50.01 yuan where 50.00 were asked for',
    });
  });
});

describe('a closing', () => {
  it('closes attempt and order, and leaves one last look at the channel', async () => {
    const order = await storedOrder(fixture);
    const before = Date.now();
    await tell(order, { state: 'CLOSED' });

    const rows = await rowsOf(fixture, order.id);
    expect(rows).toMatchObject({ state: 'CLOSED', attempt_state: 'CLOSED', closed_at: expect.any(Date) });
    expect(rows.next_query_at?.getTime()).toBeGreaterThanOrEqual(
      before + fixture.config.lastLookAfterMs - 1_000,
    );
    expect(await announcementsOf(fixture, order.id)).toEqual([]);
  });

  it('changes nothing when it is told again, nor when it is of somebody else', async () => {
    const order = await storedOrder(fixture);
    expect(await tell(order, { state: 'CLOSED' }, ['seller_id is 1, ours is 2'])).toMatchObject({
      action: 'NONE',
    });
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAYING' });

    await tell(order, { state: 'CLOSED' });
    const before = await rowsOf(fixture, order.id);
    expect(await tell(order, { state: 'CLOSED' })).toMatchObject({ action: 'NONE' });
    expect(await rowsOf(fixture, order.id)).toEqual(before);
  });
});

describe('what can not be settled', () => {
  it('is an attempt that is not ours', async () => {
    const stranger = { attempt: { id: fixture.ids.attemptId(fixture.ids.orderId('7')) } };
    expect(await tell(stranger, paidTrade())).toBeNull();
    expect(await tell({ attempt: { id: '1' } }, paidTrade())).toBeNull();
  });

  it('leaves everything as it was: no half of a payment is ever stored', async () => {
    const order = await storedOrder(fixture);
    const before = await rowsOf(fixture, order.id);
    const tooLong = { ...paidTrade(), channelTradeNo: '9'.repeat(65) };

    await expect(tell(order, tooLong)).rejects.toThrow('channel_trade_no');

    expect(await rowsOf(fixture, order.id)).toEqual(before);
    expect(await announcementsOf(fixture, order.id)).toEqual([]);
    expect(await tell(order, paidTrade())).toMatchObject({ action: 'PAY' });
  });

  it('is one trade of the channel for two of our orders of one table: the second is not paid by it', async () => {
    const first = await storedOrder(fixture);
    const second = await storedOrder(fixture, { merchantId: first.merchantId });
    const trade = paidTrade();
    await tell(first, trade);

    expect(await tell(second, trade)).toMatchObject({ action: 'CONFLICT', tradeIsFree: false });

    expect(await rowsOf(fixture, second.id)).toMatchObject({
      attempt_state: 'CONFLICTED',
      channel_trade_no: null,
    });
    expect(await announcementsOf(fixture, second.id)).toEqual([]);
  });
});

describe('an order with two attempts', () => {
  /** Another way to pay beside the first. */
  async function withSecondAttempt() {
    const order = await storedOrder(fixture);
    const second = { ...order.attempt, id: fixture.ids.attemptId(order.id), method: 'qr' as const };
    expect(await fixture.attempts.add(second)).toBe(true);
    return { order, first: order.attempt, second };
  }
  const about = (attempt: { readonly id: string }) => ({ attempt });
  const attemptsOf = async (orderId: string) => {
    const { database, tables } = fixture.shards.ofId(orderId);
    return database.query<{ id: string; state: string; next_query_at: Date | null }>(
      `SELECT \`id\`, \`state\`, \`next_query_at\` FROM \`${tables.attempts}\` WHERE \`order_id\` = ? ORDER BY \`id\``,
      [orderId],
    );
  };
  const refundsOf = async (orderId: string) => {
    const { database, tables } = fixture.shards.ofId(orderId);
    return database.query<{ attempt_id: string; kind: string; state: string; amount: string }>(
      `SELECT \`attempt_id\`, \`kind\`, \`state\`, \`amount\` FROM \`${tables.refunds}\` WHERE \`order_id\` = ?`,
      [orderId],
    );
  };

  it('that are both paid at the same second is paid once, and the other payment goes back by itself', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { order, first, second } = await withSecondAttempt();
      const decisions = await Promise.all([
        tell(about(first), paidTrade()),
        tell(about(second), paidTrade()),
        tell(about(first), { state: 'WAITING' }),
      ]);

      expect(decisions.map((decision) => decision?.action ?? '').toSorted()).toEqual([
        'DUPLICATE',
        'NONE',
        'PAY',
      ]);
      const states = await attemptsOf(order.id);
      expect(states.map(({ state }) => state).toSorted()).toEqual(['DUPLICATED', 'SUCCEEDED']);
      const duplicated = states.find(({ state }) => state === 'DUPLICATED');
      expect(await refundsOf(order.id)).toEqual([
        { attempt_id: duplicated?.id, kind: 'duplicate', state: 'REQUESTED', amount: AMOUNT.toString() },
      ]);
      expect(await announcementsOf(fixture, order.id)).toHaveLength(1);
    }
  });

  it('has the second payment given back once, however often it is told of', async () => {
    const { order, first, second } = await withSecondAttempt();
    await tell(about(first), paidTrade());
    const trade = paidTrade();
    await Promise.all(Array.from({ length: 20 }, () => tell(about(second), trade)));
    expect(await refundsOf(order.id)).toHaveLength(1);
  });

  it('is closed with the second of them, and not with the first', async () => {
    const { order, first, second } = await withSecondAttempt();
    await tell(about(first), { state: 'CLOSED' });
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'PAYING' });
    await tell(about(second), { state: 'CLOSED' });
    expect(await rowsOf(fixture, order.id)).toMatchObject({ state: 'CLOSED' });
  });

  it('that is paid has the other closed soon: it is due at once', async () => {
    const { order, first, second } = await withSecondAttempt();
    await tell(about(first), paidTrade());
    const open = (await attemptsOf(order.id)).find(({ id }) => id === second.id);
    expect(open?.state).toBe('PENDING');
    expect(open?.next_query_at?.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('tells its story in order: what was opened, what was said, what followed', async () => {
    const { order, first, second } = await withSecondAttempt();
    await tell(about(first), paidTrade());
    await tell(about(second), paidTrade());
    const story = await fixture.stories.list(fixture.shards.ofId(order.id), order.id, '0', 100);
    expect(story.map(({ kind }) => kind)).toEqual([
      'order.created',
      'attempt.opened',
      'attempt.opened',
      'notify.accepted',
      'attempt.succeeded',
      'order.paid',
      'refund.requested',
      'notify.accepted',
      'attempt.duplicated',
    ]);
  });
});
