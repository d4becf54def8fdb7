import { describe, expect, it } from '@jest/globals';
import { OpenPage } from '../support/open-page.js';
import { payUrlOf, type RechargeWorld } from './recharge-world.js';

/** The buyer pays; the merchant, and every page that is open, sees it. */
export function paidStories(world: RechargeWorld): void {
  describe('paid', () => {
    it.each(['page', 'wap'])(
      'by %s: the buyer follows the URL, pays, and the merchant has the money',
      async (method) => {
        const merchant = await world.api.registerMerchant();

        const recharge = await merchant.recharge({ amount: '50.00', method });

        expect(recharge).toMatchObject({
          state: 'PAYING',
          amount: '50.00',
          refundedAmount: '0.00',
          method,
          codeUrl: null,
        });
        await world.stack.sandboxClient.open(payUrlOf(recharge));
        await world.stack.sandboxClient.pay(recharge);
        const credited = await merchant.until(recharge.id, 'CREDITED');
        const { tradeNo } = await world.stack.sandboxClient.trade(recharge.outTradeNo);
        expect(credited).toMatchObject({
          id: recharge.id,
          amount: '50.00',
          payUrl: null,
          closedAt: null,
          channelTradeNo: tradeNo,
        });
        expect(Date.parse(credited.creditedAt ?? '')).toBeGreaterThanOrEqual(
          Date.parse(credited.paidAt ?? ''),
        );
        expect(await merchant.wallet()).toEqual({
          currency: 'CNY',
          accounts: [
            { kind: 'merchant_cash', balance: '50.00', held: '0.00', available: '50.00', lastSeq: 1 },
          ],
        });
      },
    );

    it('by QR code: the code is scanned, and the merchant has the money', async () => {
      const merchant = await world.api.registerMerchant();

      const recharge = await merchant.recharge({ amount: '0.01', method: 'qr' });

      expect(recharge).toMatchObject({ state: 'PAYING', payUrl: null });
      expect(recharge.codeUrl).toMatch(/^http/);
      await world.stack.sandboxClient.pay(recharge);
      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('0.01');
    });

    it('three times: the statement tells each with the balance after it, newest first, page by page', async () => {
      const merchant = await world.api.registerMerchant();
      const ids: string[] = [];
      for (const amount of ['10.00', '0.05', '49999.99']) {
        const { id } = await world.creditedRecharge(merchant, amount);
        ids.push(id);
      }

      const { items, nextCursor } = await merchant.entries();

      expect(nextCursor).toBeNull();
      expect(
        items.map(({ seq, amount, balanceAfter, reference }) => ({ seq, amount, balanceAfter, reference })),
      ).toEqual([
        { seq: 3, amount: '49999.99', balanceAfter: '50010.04', reference: ids[2] },
        { seq: 2, amount: '0.05', balanceAfter: '10.05', reference: ids[1] },
        { seq: 1, amount: '10.00', balanceAfter: '10.00', reference: ids[0] },
      ]);
      const first = await merchant.entries({ limit: '2' });
      const second = await merchant.entries({ limit: '2', cursor: first.nextCursor ?? '' });
      expect([...first.items, ...second.items]).toEqual(items);
      expect(second.nextCursor).toBeNull();
      expect((await merchant.entries({ afterSeq: '2' })).items).toEqual(items.slice(0, 1));
    });
  });
  describe('seen by an open page', () => {
    it('is told on every replica of the gateway, whichever of them hears of it first', async () => {
      const merchant = await world.api.registerMerchant();
      const pages = await Promise.all(
        world.stack.urls.gateways.map((url) => OpenPage.at(url, merchant.token)),
      );
      const stranger = await OpenPage.at(
        world.stack.urls.gateway,
        (await world.api.registerMerchant()).token,
      );

      const recharge = await world.creditedRecharge(merchant, '12.34');

      for (const page of pages) {
        await page.untilToldOf('the credit', ({ walletChanges }) => walletChanges.length > 0);
        await page.untilToldOf('the end of the recharge', ({ rechargeChanges }) =>
          rechargeChanges.some(({ id, state }) => id === recharge.id && state === 'CREDITED'),
        );
        expect(page.walletChanges[0]).toMatchObject({
          accounts: [{ kind: 'merchant_cash', balance: '12.34', lastSeq: 1 }],
          entries: [{ seq: 1, amount: '12.34', balanceAfter: '12.34', reference: recharge.id }],
        });
        expect(page.rechargeChanges.map(({ id }) => id)).toEqual(page.rechargeChanges.map(() => recharge.id));
        page.close();
      }
      expect(stranger.walletChanges).toEqual([]);
      expect(stranger.rechargeChanges).toEqual([]);
      stranger.close();
    });

    it('that was away meanwhile gets what it missed, once, when it is back', async () => {
      const merchant = await world.api.registerMerchant();
      const page = await OpenPage.at(world.stack.urls.gateway, merchant.token);
      await world.creditedRecharge(merchant, '1.00');
      await page.untilToldOf('the first credit', ({ walletChanges }) => walletChanges.length > 0);
      const lastSeq = page.walletChanges[0]?.accounts[0]?.lastSeq;
      page.close();
      const second = await world.creditedRecharge(merchant, '2.00');
      const third = await world.creditedRecharge(merchant, '3.00');

      const back = await OpenPage.at(world.stack.urls.gateways[1] ?? '', merchant.token);
      const missed = await back.resume({ afterSeq: lastSeq });

      expect(missed.complete).toBe(true);
      expect(missed.entries.map(({ seq, reference }) => ({ seq, reference }))).toEqual([
        { seq: 2, reference: second.id },
        { seq: 3, reference: third.id },
      ]);
      expect(missed.wallet.accounts).toMatchObject([{ balance: '6.00', lastSeq: 3 }]);
      expect(await back.resume({ afterSeq: 3 })).toMatchObject({ entries: [], complete: true });
      expect(await back.resume({ afterSeq: 'three' })).toMatchObject({
        code: 'VALIDATION_FAILED',
        errors: [{ field: 'afterSeq' }],
      });
      back.close();
    });

    it('needs a session: a page without a token, or with garbage, is turned away', async () => {
      await expect(OpenPage.at(world.stack.urls.gateway, undefined)).rejects.toThrow('UNAUTHENTICATED');
      await expect(OpenPage.at(world.stack.urls.gateway, 'garbage')).rejects.toThrow('UNAUTHENTICATED');
    });
  });
}
