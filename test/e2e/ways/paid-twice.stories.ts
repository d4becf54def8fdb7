import { describe, expect, it } from '@jest/globals';
import { eventually, type Page } from '#libs/testing';
import { storyOf } from '../support/story.js';
import { BY_ALIPAY, BY_WECHAT, type WaysWorld } from './ways-world.js';

interface Duplicate {
  readonly attemptId: string;
  readonly orderId: string;
  readonly amount: string;
  readonly refundId: string | null;
  readonly refundState: string | null;
}

export function paidTwiceStories(world: WaysWorld): void {
  describe('paid on two channels at the same second', () => {
    it('the first pays the order, the other is given back by itself, for each of five', async () => {
      const merchant = await world.api.registerMerchant();
      for (let time = 0; time < 5; time += 1) {
        const first = await merchant.recharge({ amount: '20.00', ...BY_ALIPAY });
        const second = await world.otherWay(merchant, first, BY_WECHAT);
        expect(second).toMatchObject({ id: first.id, channel: 'wechat' });
        expect(second.outTradeNo).not.toBe(first.outTradeNo);

        await Promise.all([world.pay(first), world.pay(second)]);

        await merchant.until(first.id, 'CREDITED');
        const duplicate = await eventually('the second payment is given back', async () => {
          const { items } = await world.operator.call<Page<Duplicate>>('GET', '/v1/admin/duplicate-payments');
          return items.find(
            ({ orderId, refundState }) => orderId === first.id && refundState === 'SUCCEEDED',
          );
        });
        expect(duplicate).toMatchObject({ amount: '20.00' });
        expect([first.outTradeNo, second.outTradeNo]).toContain(duplicate.attemptId);
        const refund = await world.stack.sandboxClient.refund(duplicate.refundId ?? '');
        expect(refund).toMatchObject({
          outTradeNo: duplicate.attemptId,
          status: 'SUCCEEDED',
          amount: '20.00',
        });
        expect(await world.books.creditsOf(first.id)).toMatchObject({ micros: '20000000' });
        const kinds = (await storyOf(merchant, first.id)).map(({ kind }) => kind);
        for (const once of ['attempt.succeeded', 'attempt.duplicated', 'refund.succeeded', 'order.credited'])
          expect(kinds.filter((kind) => kind === once)).toEqual([once]);
      }
      expect(await merchant.balance()).toBe('100.00');
    });

    it('a way that was left open is closed once the order is paid: nobody can pay it a second time', async () => {
      const merchant = await world.api.registerMerchant();
      const first = await merchant.recharge({ amount: '20.00', ...BY_WECHAT });
      const second = await world.otherWay(merchant, first, { channel: 'wechat', method: 'h5' });

      await world.pay(second);
      await merchant.until(first.id, 'CREDITED');

      await eventually(
        'the other way is closed at the channel',
        async () => (await world.stack.sandboxClient.trade(first.outTradeNo)).status === 'CLOSED',
        { withinMs: 30_000 },
      );
      await expect(world.pay(first)).rejects.toThrow('TRADE_CLOSED');
    });
  });
}
