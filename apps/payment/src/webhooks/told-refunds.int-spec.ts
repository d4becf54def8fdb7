import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type RefundFixture, startRefundFixture } from '../refunds/testing/refund-fixture.js';
import { askRefund, creditedOrder, nextRound } from '../refunds/testing/refunded-orders.js';
import { WebhookRepository } from './webhook.repository.js';

let fixture: RefundFixture;
beforeAll(async () => {
  fixture = await startRefundFixture();
}, 60_000);
afterAll(() => fixture.stop());

it.each([
  ['UNDECIDED', 'refund.succeeded', 'SUCCEEDED'],
  ['REFUSED', 'refund.failed', 'FAILED'],
] as const)('a refund (%s) is told of once, when it has ended: %s', async (fault, type, state) => {
  const order = await creditedOrder(fixture);
  const webhook = {
    merchantId: order.merchantId,
    id: fixture.ids.ofMerchant(order.merchantId),
    url: 'https://merchant.test/hook',
    events: [type],
    createdAt: new Date(),
  };
  await new WebhookRepository(fixture.shards).insert(webhook, Buffer.alloc(60), 10);
  fixture.channel.faults.push(fault);
  const refund = await askRefund(fixture, order, 20_000_000n);
  if (fault === 'UNDECIDED') fixture.channel.finish(refund.id);
  await nextRound(fixture, order.id);
  await nextRound(fixture, order.id);

  const { database, tables } = fixture.shards.ofMerchant(order.merchantId);
  const rows = await database.query<{ body: string }>(
    `SELECT \`body\` FROM \`${tables.webhookDeliveries}\` WHERE \`order_id\` = ?`,
    [order.id],
  );
  expect(rows.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    {
      id: `${type}.${refund.id}`,
      type,
      data: { id: refund.id, rechargeId: order.id, state, amount: '20.00' },
    },
  ]);
});
