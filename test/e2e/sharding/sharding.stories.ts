import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Account, ApiClient, RechargeView } from '#libs/testing';
import type { QuietWorld } from '../quiet/quiet-world.js';
import { NotifyWriter } from '../support/hand-made-notify.js';
import { StatementLog } from '../support/statement-log.js';

const SHARDS = [0, 1, 2, 3];

/** Orders lie in four tables. */
export function shardingStories(world: QuietWorld): void {
  let api: ApiClient;
  let log: StatementLog;
  /** Of each table a merchant with three orders in it. */
  const merchants = new Map<number, { merchant: Account; orders: RechargeView[] }>();

  beforeAll(async () => {
    log = new StatementLog(world.books);
    // What channels are answered is no part of the OpenAPI document.
    api = world.stack.api();
    for (let tries = 0; merchants.size < SHARDS.length; tries += 1) {
      // A quarter each: that one table is still without anybody after 60 has a probability of 1 in 10 million.
      if (tries === 60)
        throw new Error(`60 merchants, and all are in the tables ${[...merchants.keys()].join(', ')}`);
      const merchant = await api.registerMerchant();
      const order = await merchant.recharge({ amount: '1.00' });
      const [shard = -1, ...others] = await world.books.shardsOf(merchant.id);
      expect(others).toEqual([]);
      if (merchants.has(shard)) continue;
      const more = [
        await merchant.recharge({ amount: '2.00' }),
        await merchant.recharge({ amount: '3.00', method: 'qr' }),
      ];
      merchants.set(shard, { merchant, orders: [...more.toReversed(), order] });
    }
  }, 120_000);

  function inTable(shard: number): { merchant: Account; orders: RechargeView[]; newest: RechargeView } {
    const found = merchants.get(shard);
    const newest = found?.orders[0];
    if (found === undefined || newest === undefined)
      throw new Error(`There is no merchant of table ${shard}`);
    return { ...found, newest };
  }

  it('each of which some merchant has', () => {
    expect([...merchants.keys()].toSorted((one, other) => one - other)).toEqual(SHARDS);
  });

  describe.each(SHARDS)('a merchant of table %i', (shard) => {
    it('has every order, its details and its attempts there and nowhere else', async () => {
      const { merchant, orders } = inTable(shard);

      expect(await world.books.shardsOf(merchant.id)).toEqual([shard]);
      for (const table of [`orders_${shard}`, `attempts_${shard}`]) {
        const [row] = await world.books.query<{ count: string }>(
          `SELECT COUNT(*) AS count FROM \`clearbid_payment\`.\`${table}\` WHERE \`merchant_id\` = ?`,
          [merchant.id],
        );
        expect(row?.count).toBe(String(orders.length));
      }
      const [details] = await world.books.query<{ count: string }>(
        `SELECT COUNT(*) AS count FROM \`clearbid_payment\`.\`order_details_${shard}\` WHERE \`order_id\` IN (?)`,
        [orders.map(({ id }) => id)],
      );
      expect(details?.count).toBe(String(orders.length));
    });

    it('is looked up there alone, by the id of an order', async () => {
      const { merchant, newest } = inTable(shard);

      const touched = await log.tablesTouchedBy(async () => {
        expect((await merchant.get(newest.id)).id).toBe(newest.id);
      });

      expect(touched.orders).toEqual([shard]);
      expect(touched.all).toEqual([shard]);
    });

    it('is looked up there alone, by the merchant', async () => {
      const { merchant, orders } = inTable(shard);

      const touched = await log.tablesTouchedBy(async () => {
        const { items } = await merchant.recharges();
        expect(items.map(({ id }) => id)).toEqual(orders.map(({ id }) => id));
      });

      expect(touched.orders).toEqual([shard]);
      expect(touched.all).toEqual([shard]);
    });

    it('gets a new order there alone', async () => {
      const { merchant } = inTable(shard);
      let made: RechargeView | undefined;

      const touched = await log.tablesTouchedBy(async () => {
        made = await merchant.recharge({ amount: '4.00' });
        await merchant.close(made.id).catch(() => undefined);
      });

      expect(made?.state).toBe('PAYING');
      expect(touched.all).toEqual([shard]);
    });

    it('is paid and credited there alone, though the notify knows nothing but the id of the attempt', async () => {
      const { merchant, orders } = inTable(shard);
      // Its URL says which of our applications the buyer was sent to.
      const byPage = orders.find(({ payUrl }) => payUrl !== null) ?? orders[0]!;
      const writer = NotifyWriter.of(world.stack);
      const form = writer.signed(writer.fieldsOf(byPage));

      const touched = await log.tablesTouchedBy(async () => {
        const { text } = await api.send('POST', '/v1/notify/alipay', {
          body: form.toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
        expect(text).toBe('success');
        await merchant.until(byPage.id, 'CREDITED');
      });

      expect(touched.orders).toEqual([shard]);
      expect(touched.all).toEqual([shard]);
    });
  });

  it('and only the list of conflicts, which is over all merchants, looks into all of them', async () => {
    const operator = await api.signInOperator();

    const touched = await log.tablesTouchedBy(() => operator.call('GET', '/v1/admin/payment-conflicts'));

    expect(touched.all).toEqual(SHARDS);
  });
}
