import { describe, expect, it } from '@jest/globals';
import { ApiRefusal } from '#libs/testing';
import { storyOf } from '../support/story.js';
import { BY_ALIPAY, BY_WECHAT, type WaysWorld } from './ways-world.js';

/**
 * What the wallet has too little for is refused before the channel is called: no merchant can spend yet, so that is
 * proven in `apps/payment/src/refunds/refunds.int-spec.ts`, with a wallet that was emptied.
 */
export function refundedStories(world: WaysWorld): void {
  describe.each([BY_ALIPAY, BY_WECHAT])('given back by $channel', (way) => {
    it('in parts up to the amount, and not a fen more; the statement tells each', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await world.creditedRecharge(merchant, '50.00', way);

      for (const amount of ['10.00', '15.01', '24.99']) {
        const refund = await world.refund(merchant, recharge.id, amount);
        await world.untilRefund(merchant, refund, 'SUCCEEDED');
        expect(await world.stack.sandboxClient.refund(refund.id)).toMatchObject({
          outTradeNo: recharge.outTradeNo,
          status: 'SUCCEEDED',
          amount,
        });
      }

      await expect(world.refund(merchant, recharge.id, '0.01')).rejects.toMatchObject({
        code: 'REFUND_EXCEEDS_RECHARGE',
      });
      expect(await merchant.get(recharge.id)).toMatchObject({
        state: 'CREDITED',
        refundedAmount: '50.00',
        refundingAmount: '0.00',
      });
      expect(await merchant.balance()).toBe('0.00');
      const { items } = await merchant.entries();
      expect(items.map(({ amount, balanceAfter }) => `${amount} → ${balanceAfter}`)).toEqual([
        '-24.99 → 0.00',
        '-15.01 → 24.99',
        '-10.00 → 40.00',
        '50.00 → 50.00',
      ]);
    });

    it('ten times at once under one key is one refund; twenty at once under none never exceed the amount', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await world.creditedRecharge(merchant, '50.00', way);

      const same = await Promise.all(
        Array.from({ length: 10 }, () => world.refund(merchant, recharge.id, '10.00', 'one')),
      );
      const others = await Promise.allSettled(
        Array.from({ length: 20 }, () => world.refund(merchant, recharge.id, '10.00')),
      );

      expect(new Set(same.map(({ id }) => id)).size).toBe(1);
      expect(others.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
      const codes = others.flatMap((other) =>
        other.status === 'rejected' ? [(other.reason as ApiRefusal).code] : [],
      );
      expect(new Set(codes)).toEqual(new Set(['REFUND_EXCEEDS_RECHARGE']));
      const refunds = await world.refundsOf(merchant, recharge.id);
      for (const refund of refunds) await world.untilRefund(merchant, refund, 'SUCCEEDED');
      expect(refunds).toHaveLength(5);
      expect(await merchant.balance()).toBe('0.00');
    });

    it('and kept in process by the channel: set aside at once, settled when the channel has', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await world.creditedRecharge(merchant, '50.00', way);
      await world.stack.sandboxClient.order(recharge.outTradeNo, { refundInProcess: 1 });

      const refund = await world.refund(merchant, recharge.id, '20.00');

      expect(refund.state).toBe('PROCESSING');
      expect(await merchant.get(recharge.id)).toMatchObject({
        refundedAmount: '0.00',
        refundingAmount: '20.00',
      });
      expect((await merchant.wallet()).accounts).toMatchObject([
        { kind: 'merchant_cash', available: '30.00' },
      ]);
      await world.stack.sandboxClient.settleRefund(refund.id, 'SUCCEEDED');
      await world.untilRefund(merchant, refund, 'SUCCEEDED');
      expect(await merchant.get(recharge.id)).toMatchObject({
        refundedAmount: '20.00',
        refundingAmount: '0.00',
      });
      expect(await merchant.balance()).toBe('30.00');
    });

    it('and refused by the channel in the end: it is back in the wallet, and can be asked for again', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await world.creditedRecharge(merchant, '50.00', way);
      await world.stack.sandboxClient.order(recharge.outTradeNo, { refundClosed: 1 });

      const refund = await world.refund(merchant, recharge.id, '50.00');

      const failed = await world.untilRefund(merchant, refund, 'FAILED');
      expect(failed.problemMessage).toMatch(/\w/);
      await merchant.untilBalance('50.00');
      const again = await world.refund(merchant, recharge.id, '50.00');
      await world.untilRefund(merchant, again, 'SUCCEEDED');
      await merchant.untilBalance('0.00');
    });

    it('with an answer that says nothing although it was done: asked for, never done twice', async () => {
      const merchant = await world.api.registerMerchant();
      const recharge = await world.creditedRecharge(merchant, '50.00', way);
      await world.stack.sandboxClient.order(recharge.outTradeNo, { systemError: 1 });

      const refund = await world.refund(merchant, recharge.id, '20.00');

      expect(['PROCESSING', 'SUCCEEDED']).toContain(refund.state);
      await world.untilRefund(merchant, refund, 'SUCCEEDED');
      const calls = (await storyOf(merchant, recharge.id)).filter(
        ({ kind, refundId }) => kind === 'channel.called' && refundId === refund.id,
      );
      expect(calls.filter(({ facts }) => facts['call'] === 'refund')).toHaveLength(1);
      expect(await world.refundsOf(merchant, recharge.id)).toHaveLength(1);
      expect(await merchant.balance()).toBe('30.00');
    });
  });

  describe('given back by nobody', () => {
    it('before it is credited, nor to somebody else', async () => {
      const [merchant, stranger] = [await world.api.registerMerchant(), await world.api.registerMerchant()];
      const open = await merchant.recharge();
      const credited = await world.creditedRecharge(merchant, '5.00', BY_ALIPAY);

      await expect(world.refund(merchant, open.id, '1.00')).rejects.toMatchObject({
        code: 'RECHARGE_NOT_REFUNDABLE',
      });
      await expect(world.refund(stranger, credited.id, '1.00')).rejects.toMatchObject({
        status: 404,
        code: 'RECHARGE_NOT_FOUND',
      });
      expect(await merchant.balance()).toBe('5.00');
    });
  });
}
