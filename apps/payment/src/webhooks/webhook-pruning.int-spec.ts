import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newMerchant } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import { DeliveryRepository } from './delivery.repository.js';
import { queueTest } from './webhook-notices.js';
import { WebhookPruning } from './webhook-pruning.js';
import { WebhookConfig, webhookEnvironment } from './webhook.config.js';

let fixture: PaymentFixture;
beforeAll(async () => {
  fixture = await startPaymentFixture();
}, 60_000);
afterAll(() => fixture.stop());

it('takes old deliveries out of the log, and none that is still to be sent', async () => {
  const config = new WebhookConfig({ ...webhookEnvironment.parse({}), SWEEP_EVERY_MS: 1_000 });
  const pruning = new WebhookPruning(
    fixture.shards,
    new DeliveryRepository(fixture.shards),
    config,
    fixture.log,
  );
  const merchantId = newMerchant();
  const shard = fixture.shards.ofMerchant(merchantId);
  const { database, tables } = shard;
  const deliveries = `\`${tables.webhookDeliveries}\``;
  for (const test of ['old', 'old-and-due', 'new'])
    await queueTest(database, shard, { id: merchantId, merchantId }, test);
  await database.write(
    `UPDATE ${deliveries} SET \`created_at\` = UTC_TIMESTAMP(3) - INTERVAL 31 DAY WHERE \`event_id\` LIKE 'webhook.test.old%'`,
  );
  await database.write(
    `UPDATE ${deliveries} SET \`next_try_at\` = NULL, \`state\` = 'DELIVERED' WHERE \`event_id\` IN ('webhook.test.old', 'webhook.test.new')`,
  );

  expect(await pruning.round(shard)).toBe(1);
  expect(await pruning.round(shard)).toBe(0);

  const left = await database.query<{ event_id: string }>(
    `SELECT \`event_id\` FROM ${deliveries} ORDER BY \`id\``,
  );
  expect(left.map(({ event_id: id }) => id)).toEqual(['webhook.test.old-and-due', 'webhook.test.new']);
});
