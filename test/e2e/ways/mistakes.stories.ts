import { expect, it } from '@jest/globals';
import { eventually, type RechargeView } from '#libs/testing';
import { storyOf } from '../support/story.js';
import { BY_ALIPAY, type WaysWorld } from './ways-world.js';

/**
 * Mistakes seen in well-known systems. Most are proven where the feature is; what is left is here.
 *
 *  1. An order expires here, unknown to the channel: `../recharge/closed.stories.ts`, "an order that nobody pays is closed
 *     after its expiry: at the channel first", and "and paid late all the same".
 *  2. `fund_change=N` taken for a new refund, SYSTEM_ERROR for a failed one: `libs/payments/src/alipay/alipay-refunds.spec.ts`,
 *     and `refunded.stories.ts`, "with an answer that says nothing although it was done".
 *  3. TRADE_FINISHED is not taken for paid: below, by query; by notify `../notify/accepted.stories.ts`.
 *  4. WeChat's transfers: there are none yet.
 *  5. Two refunds because of count-then-insert: `refunded.stories.ts`, "ten times at once under one key".
 *  6. A repeated notify is not answered `success`: `../notify/accepted.stories.ts`, "fifty times at once over both gateways".
 *  7. A notify is checked for its signature only: `../notify/conflict.stories.ts`, and `../notify/wechat.stories.ts`.
 *  8. Reconciliation in nested loops: `npm run bench reconcile`, whose time is linear in the lines.
 *  9. Two channels are paid and nobody gives one back: `paid-twice.stories.ts`.
 * 10. Races of callbacks settle twice: as 6, and `chaos.disaster-spec.ts`.
 * 11. A QR code is given up while the buyer can still pay it: below.
 * 12. The channel is called inside a database transaction: below.
 */
export function mistakesStories(world: WaysWorld): void {
  it('3. TRADE_FINISHED, found by asking, is paid', async () => {
    const merchant = await world.api.registerMerchant();
    const recharge = await merchant.recharge({ amount: '5.00', ...BY_ALIPAY });

    await world.stack.sandboxClient.pay(recharge, { finished: true, notify: 'never' });

    await merchant.until(recharge.id, 'CREDITED');
    expect((await world.stack.sandboxClient.trade(recharge.outTradeNo)).status).toBe('FINISHED');
    expect(await merchant.balance()).toBe('5.00');
  });

  it('11. a code is payable for as long as the channel takes money for it, however often it was asked in vain', async () => {
    const merchant = await world.api.registerMerchant();
    const recharge = await merchant.recharge({ amount: '5.00', ...BY_ALIPAY });
    await eventually(
      'the channel was asked four times',
      async () => {
        const calls = (await storyOf(merchant, recharge.id)).filter(({ facts }) => facts['call'] === 'query');
        return calls.length >= 4;
      },
      { withinMs: 30_000, everyMs: 250 },
    );
    expect(await merchant.get(recharge.id)).toMatchObject({ state: 'PAYING', codeUrl: recharge.codeUrl });

    await world.pay(recharge);

    await merchant.until(recharge.id, 'CREDITED');
  });

  it('12. no transaction is open while the channel is being asked', async () => {
    const merchant = await world.api.registerMerchant();
    await world.stack.sandboxClient.trouble('silence', { timeoutAfterWork: 1 });
    let isAnswered = false;
    const opening = merchant
      .send<RechargeView>('POST', '/v1/recharges', { body: { amount: '5.00', ...BY_ALIPAY } })
      .finally(() => (isAnswered = true));

    let looks = 0;
    const waiting: unknown[] = [];
    await eventually('the buyer is told to wait', async () => {
      const open = await world.books.query(
        'SELECT trx_id, trx_query FROM information_schema.innodb_trx WHERE trx_started < NOW() - INTERVAL 1 SECOND',
      );
      waiting.push(...open);
      looks += 1;
      return isAnswered;
    });
    await world.stack.sandboxClient.peace();

    expect((await opening).status).toBe(202);
    expect(looks).toBeGreaterThan(10);
    expect(waiting).toEqual([]);
  });
}
