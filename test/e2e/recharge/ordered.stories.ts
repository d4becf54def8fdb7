import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Account, ApiRefusal } from '#libs/testing';
import { storyOf } from '../support/story.js';
import { payUrlOf, type RechargeWorld } from './recharge-world.js';

/** Orders by themselves: made once though they are submitted twice, and found again. */
export function orderedStories(world: RechargeWorld): void {
  describe('submitted twice', () => {
    it('with the same Idempotency-Key is the same order, also when it is asked for twenty times at once', async () => {
      const merchant = await world.api.registerMerchant();
      const idempotencyKey = randomBytes(10).toString('hex');

      const answers = await Promise.all(
        Array.from({ length: 20 }, () => merchant.recharge({ amount: '7.00', idempotencyKey })),
      );
      const later = await merchant.recharge({ amount: '7.00', idempotencyKey });

      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      expect(later.id).toBe(answers[0]?.id);
      expect((await merchant.recharges()).items).toHaveLength(1);
      expect(await world.books.orderCount(merchant.id)).toBe(1);
    });

    it('with the same key for a QR code, twenty times at once: one order, one call to the channel, one code', async () => {
      const merchant = await world.api.registerMerchant();
      const order = { amount: '7.00', method: 'qr', idempotencyKey: randomBytes(10).toString('hex') };

      const answers = await Promise.all(Array.from({ length: 20 }, () => merchant.recharge(order)));

      const [id = '', ...others] = new Set(answers.map((answer) => answer.id));
      expect(others).toEqual([]);
      const { codeUrl } = await merchant.until(id, 'PAYING');
      expect(codeUrl).toMatch(/^http/);
      // Whoever asked while the channel was being asked for somebody else hears of it a moment later.
      for (const answer of answers) expect([codeUrl, null]).toContain(answer.codeUrl);
      expect((await merchant.recharges()).items).toHaveLength(1);
      const calls = (await storyOf(merchant, id))
        .filter(({ kind }) => kind === 'channel.called')
        .map(({ facts }) => facts['call']);
      // On a slow machine the sweep has asked about it by then.
      expect(calls.filter((call) => call !== 'query')).toEqual(['prepay']);
    });

    it('with the same key and another body is refused, and the first order stays as it is', async () => {
      const merchant = await world.api.registerMerchant();
      const idempotencyKey = randomBytes(10).toString('hex');
      const first = await merchant.recharge({ amount: '7.00', idempotencyKey });

      for (const other of [{ amount: '7.01' }, { amount: '7.00', method: 'wap' }]) {
        await expect(merchant.recharge({ ...other, idempotencyKey })).rejects.toMatchObject({
          status: 409,
          code: 'IDEMPOTENCY_KEY_REUSED',
        });
      }

      expect((await merchant.recharges()).items).toEqual([first]);
    });

    it('with the same key when all is over: the order as it is by then, and no other', async () => {
      const merchant = await world.api.registerMerchant();
      const order = { amount: '7.00', idempotencyKey: randomBytes(10).toString('hex') };
      const recharge = await merchant.recharge(order);
      await world.stack.sandboxClient.pay(recharge);
      const credited = await merchant.until(recharge.id, 'CREDITED');

      expect(await merchant.recharge(order)).toEqual(credited);
      expect(await world.books.orderCount(merchant.id)).toBe(1);
    });

    it('the same key of two merchants makes two orders', async () => {
      const [one, other] = [await world.api.registerMerchant(), await world.api.registerMerchant()];

      const orders = [
        await one.recharge({ idempotencyKey: 'mine' }),
        await other.recharge({ idempotencyKey: 'mine' }),
      ];

      expect(orders[0]?.id).not.toBe(orders[1]?.id);
    });

    it('without a key is refused for a few seconds, also on the other replica', async () => {
      const merchant = await world.api.registerMerchant();
      const order = { amount: '8.00', idempotencyKey: null };
      const first = await merchant.at(0).recharge(order);

      for (const replica of [0, 1, 0, 1]) {
        await expect(merchant.at(replica).recharge(order)).rejects.toMatchObject({
          status: 409,
          code: 'DUPLICATE_SUBMIT',
        });
      }

      const other = await merchant.recharge({ amount: '8.01', idempotencyKey: null });
      expect((await merchant.recharges()).items.map(({ id }) => id)).toEqual([other.id, first.id]);
    });

    it('without a key, ten at once over both replicas: one order', async () => {
      const merchant = await world.api.registerMerchant();

      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => merchant.recharge({ amount: '8.00', idempotencyKey: null })),
      );

      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as ApiRefusal).code] : [],
      );
      expect(new Set(codes)).toEqual(new Set(['DUPLICATE_SUBMIT']));
      expect((await merchant.recharges()).items).toHaveLength(1);
    });
  });
  describe('in the list', () => {
    it('page by page: no order twice, none missing, though new ones come in meanwhile', async () => {
      const merchant = await world.api.registerMerchant();
      const made: string[] = [];
      for (let index = 1; index <= 8; index += 1)
        made.unshift((await merchant.recharge({ amount: `${index}.00` })).id);

      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Account['recharges']>> = await merchant.recharges({
          limit: '3',
          ...(cursor === null ? {} : { cursor }),
        });
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
        await merchant.recharge({ amount: '99.00' });
      } while (cursor !== null);

      expect(seen).toEqual(made);
    });

    it('by state, channel and time', async () => {
      const merchant = await world.api.registerMerchant();
      const paid = await world.creditedRecharge(merchant, '1.00');
      const open = await merchant.recharge({ amount: '2.00' });
      const closed = await merchant.recharge({ amount: '3.00' });
      await world.stack.sandboxClient.open(payUrlOf(closed));
      await merchant.close(closed.id);
      const idsOf = async (query: Record<string, string>) =>
        (await merchant.recharges(query)).items.map(({ id }) => id);

      expect(await idsOf({ state: 'CREDITED' })).toEqual([paid.id]);
      expect(await idsOf({ state: 'PAYING' })).toEqual([open.id]);
      expect(await idsOf({ state: 'CLOSED' })).toEqual([closed.id]);
      expect(await idsOf({ state: 'PAID' })).toEqual([]);
      expect(await idsOf({ channel: 'alipay' })).toEqual([closed.id, open.id, paid.id]);
      expect(await idsOf({ channel: 'wechat' })).toEqual([]);
      expect(await idsOf({ createdFrom: open.createdAt })).toEqual([closed.id, open.id]);
      expect(await idsOf({ createdTo: open.createdAt })).toEqual([paid.id]);
      expect(
        await idsOf({ createdFrom: open.createdAt, createdTo: closed.createdAt, state: 'PAYING' }),
      ).toEqual([open.id]);
    });

    it("shows nobody else's order, neither there nor by its id", async () => {
      const [owner, stranger] = [await world.api.registerMerchant(), await world.api.registerMerchant()];
      const recharge = await owner.recharge();
      await owner.get(recharge.id);

      expect((await stranger.recharges()).items).toEqual([]);
      await expect(stranger.get(recharge.id)).rejects.toMatchObject({
        status: 404,
        code: 'RECHARGE_NOT_FOUND',
      });
      await expect(stranger.close(recharge.id)).rejects.toMatchObject({
        status: 404,
        code: 'RECHARGE_NOT_FOUND',
      });
      expect((await owner.get(recharge.id)).state).toBe('PAYING');
    });
  });
}
