import { describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import type { NotifyFields } from '../support/hand-made-notify.js';
import type { NotifyWorld } from './notify-world.js';

/** What Alipay says, once or often, in time or late. */
export function acceptedStories(world: NotifyWorld): void {
  describe('as it should be', () => {
    it('written by hand and signed with its key: paid and credited', async () => {
      const { merchant, recharge } = await world.newOrder();
      const fields = world.writer.fieldsOf(recharge);

      await world.expectAccepted(world.writer.signed(fields));

      const credited = await merchant.until(recharge.id, 'CREDITED');
      expect(credited).toMatchObject({
        channelTradeNo: fields['trade_no'],
        paidAt: '2026-11-20T08:00:30.000Z',
      });
      expect(await merchant.balance()).toBe('50.00');
    });

    it.each<[string, NotifyFields]>([
      ['TRADE_FINISHED, which is paid, too', { trade_status: 'TRADE_FINISHED' }],
      ['an amount without its decimals', { total_amount: '50' }],
      ['Chinese, a percent sign and a plus in the subject', { subject: '充值 100% + 优惠 & 更多' }],
      ['fields that nobody knows yet', { something_new: 'yes', empty: '' }],
    ])('with %s', async (_what, other) => {
      const { merchant, recharge } = await world.newOrder();

      await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(recharge, other)));

      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('50.00');
    });

    it('fifty times at once over both gateways: one credit, and every one hears success', async () => {
      const { merchant, recharge } = await world.newOrder();
      const form = world.writer.signed(world.writer.fieldsOf(recharge));
      const accepted = await world.countOf('ACCEPTED');

      const answers = await Promise.all(Array.from({ length: 50 }, () => world.post(form)));

      expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(
        answers.map(() => '200 success'),
      );
      expect(await world.countOf('ACCEPTED')).toBe(accepted + 50);
      await merchant.until(recharge.id, 'CREDITED');
      await world.expectAccepted(form);
      expect(await world.books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
      expect((await merchant.entries()).items).toHaveLength(1);
    });

    it('told on both gateways at once for twenty orders of one merchant: each is credited once', async () => {
      const merchant = await world.api.registerMerchant();
      const orders = await Promise.all(
        Array.from({ length: 20 }, () => merchant.recharge({ amount: '0.10' })),
      );
      const forms = orders.map((order) => world.writer.signed(world.writer.fieldsOf(order)));

      await Promise.all([...forms, ...forms.toReversed()].map((form) => world.expectAccepted(form)));

      await merchant.untilBalance('2.00');
      const { items } = await merchant.entries({ limit: '100' });
      expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => 20 - index));
      expect(new Set(items.map(({ reference }) => reference))).toEqual(new Set(orders.map(({ id }) => id)));
    });
  });
  describe('overtaken by what we know already', () => {
    it.each(['WAIT_BUYER_PAY', 'TRADE_CLOSED', 'TRADE_SUCCESS', 'TRADE_FINISHED'])(
      '%s after the order was credited is taken, and changes nothing',
      async (status) => {
        const { merchant, recharge } = await world.newOrder();
        await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(recharge)));
        await merchant.until(recharge.id, 'CREDITED');
        const before = await world.books.orderOf(recharge.id);

        await world.expectAccepted(
          world.writer.signed(world.writer.fieldsOf(recharge, { trade_status: status })),
        );
        // Even with another amount: what is decided is decided, and none of it is booked.
        await world.expectAccepted(
          world.writer.signed(
            world.writer.fieldsOf(recharge, { trade_status: status, total_amount: '9999.00' }),
          ),
        );

        expect(await world.books.orderOf(recharge.id)).toEqual(before);
        expect(await world.books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
        expect(await world.conflictOf(recharge)).toBeUndefined();
      },
    );

    it('WAIT_BUYER_PAY before it is paid changes nothing', async () => {
      const { merchant, recharge } = await world.newOrder();
      const before = await world.books.orderOf(recharge.id);

      await world.expectAccepted(
        world.writer.signed(world.writer.fieldsOf(recharge, { trade_status: 'WAIT_BUYER_PAY' })),
      );

      expect(await world.books.orderOf(recharge.id)).toEqual(before);
      expect(await merchant.balance()).toBe('0.00');
    });

    it('TRADE_CLOSED before it is paid closes it, and paid after that it is credited', async () => {
      const { merchant, recharge } = await world.newOrder();

      await world.expectAccepted(
        world.writer.signed(world.writer.fieldsOf(recharge, { trade_status: 'TRADE_CLOSED' })),
      );
      expect((await merchant.get(recharge.id)).state).toBe('CLOSED');

      await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(recharge)));
      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('50.00');
    });
  });
  describe('sent by the sandbox on its own ladder', () => {
    it('tampered with on the way, every time: refused, and found by asking the channel', async () => {
      const { merchant, recharge } = await world.newOrder();
      const refused = await world.countOf('BAD_SIGNATURE');

      const { tradeNo } = await world.stack.sandboxClient.pay(recharge, { notify: 'tampered' });

      const credited = await merchant.until(recharge.id, 'CREDITED');
      expect(credited.channelTradeNo).toBe(tradeNo);
      const trade = await eventually('the sandbox has tried', async () => {
        const found = await world.stack.sandboxClient.trade(recharge.outTradeNo);
        return (found.notifies[0]?.deliveries.length ?? 0) > 0 && found;
      });
      for (const { status, answer } of trade.notifies[0]?.deliveries ?? []) {
        expect(status).toBe(400);
        expect(answer).toMatch(/^fail/);
      }
      expect(await world.countOf('BAD_SIGNATURE')).toBeGreaterThan(refused);
      expect(await world.books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
    });

    it.each(['duplicate', 'late', 'outOfOrder'] as const)(
      '%s: one credit, and every delivery hears success',
      async (notify) => {
        const { merchant, recharge } = await world.newOrder();

        await world.stack.sandboxClient.pay(recharge, {
          notify,
          ...(notify === 'late' ? { delayMs: 2_500 } : {}),
        });

        await merchant.until(recharge.id, 'CREDITED');
        const { notifies } = await eventually(
          'everything is delivered',
          async () => {
            const trade = await world.stack.sandboxClient.trade(recharge.outTradeNo);
            return trade.notifies.every(({ state }) => state === 'DELIVERED') && trade;
          },
          { withinMs: 20_000 },
        );
        expect(notifies).toHaveLength({ duplicate: 3, late: 1, outOfOrder: 2 }[notify]);
        expect(notifies.flatMap(({ deliveries }) => deliveries.map(({ answer }) => answer))).toEqual(
          notifies.map(() => 'success'),
        );
        expect(await world.books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
        expect((await merchant.get(recharge.id)).state).toBe('CREDITED');
      },
    );

    it('signed, but about a payment of one fen less: a conflict, also when it is asked for', async () => {
      const { merchant, recharge } = await world.newOrder();

      await world.stack.sandboxClient.pay(recharge, { amount: '49.99', notify: 'never' });

      const conflict = await eventually('the conflict is found', () => world.conflictOf(recharge));
      expect(conflict).toMatchObject({ expectedAmount: '50.00', paidAmount: '49.99' });
      expect(await merchant.balance()).toBe('0.00');
    });
  });
}
