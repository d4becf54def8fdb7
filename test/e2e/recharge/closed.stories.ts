import { describe, expect, it } from '@jest/globals';
import type { RechargeView } from '#libs/testing';
import { OpenPage } from '../support/open-page.js';
import { EXPIRY_SECONDS, payUrlOf, type RechargeWorld } from './recharge-world.js';

/** What nobody pays, pays late, or pays without our hearing of it. */
export function closedStories(world: RechargeWorld): void {
  describe('closed', () => {
    it('by the merchant: at the channel first, so that nobody can pay it any more', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await merchant.recharge();
      await world.stack.sandboxClient.open(payUrlOf(recharge));

      const closed = await merchant.close(recharge.id);

      expect(closed).toMatchObject({ state: 'CLOSED', payUrl: null });
      const trade = await world.stack.sandboxClient.trade(recharge.outTradeNo);
      expect(trade).toMatchObject({ status: 'CLOSED', closedBy: 'merchant' });
      expect(Date.parse(closed.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(trade.closedAt ?? ''));
      await expect(world.stack.sandboxClient.pay(recharge)).rejects.toThrow('TRADE_CLOSED');
      expect(await merchant.close(recharge.id)).toEqual(closed);
    });

    it('not while the channel gives no answer: the order stays open', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await merchant.recharge();
      await world.stack.sandboxClient.open(payUrlOf(recharge));
      await world.stack.sandboxClient.order(recharge.outTradeNo, { serverError: 1 });

      const refused = merchant.close(recharge.id);

      await expect(refused).rejects.toMatchObject({ status: 503, code: 'CHANNEL_UNAVAILABLE' });
      expect((await merchant.get(recharge.id)).state).toBe('PAYING');
      await world.stack.sandboxClient.order(recharge.outTradeNo, { serverError: 0 });
      expect((await merchant.close(recharge.id)).state).toBe('CLOSED');
    });

    it('not while a buyer may still come to a page that the channel has not seen', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await merchant.recharge();

      await expect(merchant.close(recharge.id)).rejects.toMatchObject({
        status: 409,
        code: 'RECHARGE_NOT_CLOSABLE',
      });

      await world.stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
    });

    it('not after it was paid', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await world.creditedRecharge(merchant, '5.00');

      await expect(merchant.close(recharge.id)).rejects.toMatchObject({
        status: 409,
        code: 'RECHARGE_NOT_CLOSABLE',
      });

      expect(await merchant.get(recharge.id)).toEqual(recharge);
    });

    it('but paid a moment before, and we had not heard of it: the payment wins', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await merchant.recharge({ amount: '5.00' });
      await world.stack.sandboxClient.pay(recharge, { notify: 'never' });

      const after = await merchant.close(recharge.id);

      expect(['PAID', 'CREDITED']).toContain(after.state);
      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('5.00');
    });

    it('at the very moment at which the buyer pays: what the channel says holds, for each of ten', async () => {
      const merchant = await world.api.registerMerchant();
      const recharges = await Promise.all(
        Array.from({ length: 10 }, () => merchant.recharge({ amount: '1.00' })),
      );
      await Promise.all(recharges.map((recharge) => world.stack.sandboxClient.open(payUrlOf(recharge))));

      await Promise.allSettled(
        recharges.flatMap((recharge) => [
          merchant.close(recharge.id),
          world.stack.sandboxClient.pay(recharge),
        ]),
      );

      let paid = 0;
      for (const { id, outTradeNo } of recharges) {
        const { status } = await world.stack.sandboxClient.trade(outTradeNo);
        await merchant.until(id, status === 'PAID' ? 'CREDITED' : 'CLOSED');
        paid += status === 'PAID' ? 1 : 0;
      }
      await merchant.untilBalance(`${paid}.00`);
      expect((await merchant.entries()).items).toHaveLength(paid);
    });

    it.each([
      ['and the notify of it comes', 'normal'],
      ['and no notify ever comes: the last look finds it', 'never'],
    ] as const)(
      "and paid late all the same, %s: it is the buyer's money, so it is credited",
      async (_how, notify) => {
        const merchant = await world.api.registerMerchant();
        const recharge = await merchant.recharge({ amount: '6.00' });
        await world.stack.sandboxClient.open(payUrlOf(recharge));
        expect((await merchant.close(recharge.id)).state).toBe('CLOSED');
        await world.stack.sandboxClient.order(recharge.outTradeNo, { paidAfterClose: 1 });

        await world.stack.sandboxClient.pay(recharge, { notify });

        const credited = await merchant.until(recharge.id, 'CREDITED');
        expect(credited.closedAt).not.toBeNull();
        expect(await world.books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '6000000' });
        expect(await merchant.balance()).toBe('6.00');
      },
    );
  });
  describe('without a word from the channel', () => {
    it('a payment whose notify is lost is found by asking', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await merchant.recharge({ amount: '9.00' });

      await world.stack.sandboxClient.pay(recharge, { notify: 'never' });

      await merchant.until(recharge.id, 'CREDITED');
      const trade = await world.stack.sandboxClient.trade(recharge.outTradeNo);
      expect(trade.notifies).toEqual([]);
      expect(trade.queries).toBeGreaterThanOrEqual(1);
      expect(await merchant.balance()).toBe('9.00');
    });

    it('a QR code that the channel made, and whose answer was lost, is asked for again by itself', async () => {
      const merchant = await world.api.registerMerchant();
      const order = { amount: '9.00', method: 'qr', idempotencyKey: 'qr-whose-answer-was-lost' };
      const page = await OpenPage.at(world.stack.urls.gateway, merchant.token);
      await world.stack.sandboxClient.trouble('precreate is lost', { systemError: 1 });

      const { status, body: stored } = await merchant.send<RechargeView>('POST', '/v1/recharges', {
        body: { amount: order.amount, channel: 'alipay', method: order.method },
        headers: { 'idempotency-key': order.idempotencyKey },
      });
      await world.stack.sandboxClient.peace();

      expect({ status, state: stored.state, codeUrl: stored.codeUrl }).toEqual({
        status: 202,
        state: 'CREATED',
        codeUrl: null,
      });
      await page.untilToldOf('that it can be paid', ({ rechargeChanges }) =>
        rechargeChanges.some(({ id, state }) => id === stored.id && state === 'PAYING'),
      );
      page.close();
      const recharge = await merchant.recharge(order);
      expect(recharge).toMatchObject({ id: stored.id, codeUrl: expect.stringMatching(/^http/) });
      await world.stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
      expect((await merchant.recharges()).items).toHaveLength(1);
    });

    it('an order that nobody pays is closed after its expiry: at the channel first, then here', async () => {
      const { merchant, opened, neverOpened, neverScanned } = world.forgotten;

      for (const recharge of [opened, neverOpened, neverScanned]) {
        const closed = await merchant.until(recharge.id, 'CLOSED', {
          withinMs: (EXPIRY_SECONDS + 20) * 1_000,
        });
        expect(Date.parse(closed.closedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(recharge.expiresAt));
        expect(closed).toMatchObject({ payUrl: null, codeUrl: null, paidAt: null });
      }

      const trade = await world.stack.sandboxClient.trade(opened.outTradeNo);
      expect(trade.status).toBe('CLOSED');
      expect(Date.parse((await merchant.get(opened.id)).closedAt ?? '')).toBeGreaterThanOrEqual(
        Date.parse(trade.closedAt ?? ''),
      );
      expect(
        await world.stack.counter('payment', 'clearbid_payment_channel_call_seconds_count', {
          call: 'close',
        }),
      ).toBeGreaterThanOrEqual(3);
      await expect(world.stack.sandboxClient.open(payUrlOf(neverOpened))).resolves.toBeUndefined();
      await expect(world.stack.sandboxClient.trade(neverOpened.outTradeNo)).rejects.toThrow(
        'TRADE_NOT_FOUND',
      );
      expect(await merchant.balance()).toBe('0.00');
    });
  });
}
