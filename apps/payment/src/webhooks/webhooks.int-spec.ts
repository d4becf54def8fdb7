import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DomainError, payment } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { CreditRepository } from '../credit/credit.repository.js';
import type { NewOrder } from '../orders/order.repository.js';
import { newMerchant, paidTrade, storedOrder } from '../testing/orders.js';
import { type PaymentFixture, startPaymentFixture } from '../testing/payment-fixture.js';
import { DeliveryRepository } from './delivery.repository.js';
import { Receiver, verifiedBy } from './testing/receiver.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhookConfig, webhookEnvironment } from './webhook.config.js';
import { WebhookRepository } from './webhook.repository.js';
import { WebhooksService } from './webhooks.service.js';

const KEY = randomBytes(32);
let fixture: PaymentFixture;
let receiver: Receiver;
let deliveries: DeliveryRepository;
let webhooks: WebhooksService;

beforeAll(async () => {
  [fixture, receiver] = await Promise.all([startPaymentFixture(), Receiver.start()]);
  deliveries = new DeliveryRepository(fixture.shards);
  webhooks = serviceWith(configOf());
}, 60_000);
afterAll(() => Promise.all([fixture.stop(), receiver.stop()]));

const configOf = (more: Record<string, string> = {}) =>
  new WebhookConfig({
    ...webhookEnvironment.parse({
      WEBHOOK_LADDER_SECONDS: '60,60',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      ...more,
    }),
    WEBHOOK_KEY_FILE: KEY,
    SWEEP_EVERY_MS: 1_000,
  });

const serviceWith = (config: WebhookConfig) =>
  new WebhooksService(
    new WebhookRepository(fixture.shards),
    deliveries,
    new WebhookSecrets(config),
    fixture.shards,
    fixture.ids,
    config,
    fixture.log,
  );

const senderWith = (config = configOf(), repository = deliveries) =>
  new WebhookSender(
    fixture.shards,
    repository,
    new WebhookSecrets(config),
    config,
    fixture.metrics,
    fixture.log,
  );

const ALL = ['recharge.paid', 'recharge.credited', 'recharge.closed'] as const;
let lastPath = 0;
const newPath = () => `/hook-${(lastPath += 1)}`;

async function webhookAt(path: string, merchantId = newMerchant(), host?: string) {
  return webhooks.create({ merchantId, url: receiver.url(path, host), events: [...ALL] });
}

async function sendDue(merchantId: string, sender = senderWith()): Promise<void> {
  await sender.round(fixture.shards.ofMerchant(merchantId));
  await sender.idle();
}

/** Moves what a merchant waits for into the past. */
async function letTimePass(merchantId: string): Promise<void> {
  const { database, tables } = fixture.shards.ofMerchant(merchantId);
  await database.write(
    `UPDATE \`${tables.webhookDeliveries}\` SET \`next_try_at\` = UTC_TIMESTAMP(3) WHERE \`merchant_id\` = ? AND \`next_try_at\` IS NOT NULL`,
    [merchantId],
  );
}

const logOf = async (merchantId: string) =>
  (await webhooks.listDeliveries({ merchantId, limit: 100 })).items.toReversed();

const hear = (order: NewOrder, trade: ReturnType<typeof paidTrade> | { state: 'CLOSED' }) =>
  fixture.settlement.settle({
    outTradeNo: order.attempt.id,
    trade,
    channel: fixture.channel,
    mismatches: [],
    source: 'notify',
  });

describe('a recharge', () => {
  it('is told of once for each of its changes, however often the channel says it', async () => {
    const path = newPath();
    const { webhook, secret } = await webhookAt(path);
    const { merchantId } = webhook;
    await webhooks.create({ merchantId, url: receiver.url(newPath()), events: ['refund.failed'] });
    const order = await storedOrder(fixture, { merchantId });
    const trade = paidTrade();
    await Promise.all(Array.from({ length: 10 }, () => hear(order, trade)));
    const credits = new CreditRepository(fixture.shards, fixture.orders, fixture.stories);
    await Promise.all([1, 2, 3].map(() => credits.markCredited(order.id, '77', new Date())));
    await storedOrder(fixture, { merchantId: newMerchant() }).then((other) =>
      hear(other, { state: 'CLOSED' }),
    );

    await sendDue(merchantId);

    const got = receiver.at(path);
    expect(got.map(({ id }) => id).sort()).toEqual([
      `recharge.credited.${order.id}`,
      `recharge.paid.${order.id}`,
    ]);
    for (const each of got) expect(verifiedBy(secret, each)).toBe(0);
    const paid = JSON.parse(got.find(({ id }) => id.startsWith('recharge.paid'))?.body ?? '') as unknown;
    expect(paid).toMatchObject({
      id: `recharge.paid.${order.id}`,
      type: 'recharge.paid',
      data: { id: order.id, merchantId, state: 'PAID', amount: '50.00', paidAt: trade.paidAt.toISOString() },
    });
    expect(JSON.stringify(paid)).not.toContain('alipay.test/pay');
    expect(await logOf(merchantId)).toMatchObject([
      { event: 'recharge.paid', rechargeId: order.id, state: 'DELIVERED', tries: 1, lastStatus: 204 },
      { event: 'recharge.credited', state: 'DELIVERED', lastError: null, nextTryAt: null },
    ]);
  });

  it('that is closed is told of as well, and nothing is told of a change that did not happen', async () => {
    const { webhook } = await webhookAt(newPath());
    const { merchantId } = webhook;
    const order = await storedOrder(fixture, { merchantId });
    const shard = fixture.shards.ofId(order.id);
    const dying = shard.database.transaction(async (transaction) => {
      await fixture.attempts.closeOrderIfNothingIsOpen(transaction, shard, order.id);
      throw new Error('died before the commit');
    });
    await expect(dying).rejects.toThrow('died');
    expect(await logOf(merchantId)).toEqual([]);

    await hear(order, { state: 'CLOSED' });
    expect(await logOf(merchantId)).toMatchObject([{ event: 'recharge.closed', state: 'PENDING', tries: 0 }]);
  });
});

describe('a receiver', () => {
  it.each<[string, number, Record<string, string>, RegExp]>([
    ['that fails', 500, {}, /answered 500/],
    ['that sends elsewhere', 307, { location: '/elsewhere' }, /redirects are not followed/],
  ])('%s is tried again by the ladder, until it is given up', async (_words, status, headers, error) => {
    const path = newPath();
    receiver.answers.set(path, (response) => response.writeHead(status, headers).end());
    const { webhook } = await webhookAt(path);
    const { merchantId, id } = webhook;
    await webhooks.test({ merchantId, id });
    const states: payment.WebhookDelivery['state'][] = [];
    for (let count = 0; count < 5; count += 1) {
      await sendDue(merchantId);
      const [delivery] = await logOf(merchantId);
      expect(delivery).toMatchObject({ lastStatus: status, lastError: expect.stringMatching(error) });
      states.push(delivery!.state);
      // Not due before its pause is over.
      await sendDue(merchantId);
      await letTimePass(merchantId);
    }
    expect(states).toEqual(['PENDING', 'PENDING', 'EXHAUSTED', 'EXHAUSTED', 'EXHAUSTED']);
    expect(receiver.at(path)).toHaveLength(3);
    expect(new Set(receiver.at(path).map((each) => each.id)).size).toBe(1);
    expect(receiver.at('/elsewhere')).toEqual([]);

    receiver.answers.delete(path);
    const [exhausted] = await logOf(merchantId);
    expect(await webhooks.resend({ merchantId, id: exhausted!.id })).toMatchObject({ state: 'PENDING' });
    await sendDue(merchantId);
    expect(await logOf(merchantId)).toMatchObject([{ state: 'DELIVERED', tries: 4, lastError: null }]);
  });

  it('that is slow fills its own places and nobody else waits; one that says much is not listened to', async () => {
    const [slow, quick] = [newPath(), newPath()];
    receiver.answers.set(slow, () => undefined);
    receiver.answers.set(quick, (response) => {
      response.writeHead(200);
      const chatter = setInterval(() => response.write('x'.repeat(1_024)), 1);
      response.on('close', () => clearInterval(chatter));
    });
    const { webhook: slowOne } = await webhookAt(slow);
    const { merchantId } = slowOne;
    for (let count = 0; count < 30; count += 1) await webhooks.test({ merchantId, id: slowOne.id });
    const { webhook: quickOne } = await webhookAt(quick, merchantId);
    await webhooks.test({ merchantId, id: quickOne.id });

    const sender = senderWith(configOf({ WEBHOOK_TIMEOUT_SECONDS: '1' }));
    const shard = fixture.shards.ofMerchant(merchantId);
    for (let round = 0; round < 3; round += 1) await sender.round(shard);
    await eventually('the quick one has it', async () => {
      const { items } = await webhooks.listDeliveries({ merchantId, webhookId: quickOne.id, limit: 10 });
      return items.length === 1 && items[0]?.state === 'DELIVERED' && items[0].lastStatus === 200;
    });
    expect(receiver.at(slow)).toHaveLength(4);
    await sender.idle();
    expect((await logOf(merchantId))[0]).toMatchObject({
      state: 'PENDING',
      lastError: 'no answer within 1 s',
    });
    // Or whoever comes next in this shard would wait for it.
    await webhooks.delete({ merchantId, id: slowOne.id });
  });

  it('gets it again, under the same number, when we die before we have noted that it was received', async () => {
    const path = newPath();
    const { webhook, secret } = await webhookAt(path);
    const { merchantId, id } = webhook;
    await webhooks.test({ merchantId, id });
    class Dying extends DeliveryRepository {
      override note(): Promise<void> {
        return Promise.reject(new Error('the process died here'));
      }
    }
    await sendDue(merchantId, senderWith(configOf(), new Dying(fixture.shards)));
    await sendDue(merchantId);
    expect(receiver.at(path)).toHaveLength(1);

    await letTimePass(merchantId);
    await sendDue(merchantId);
    const [first, second] = receiver.at(path);
    expect(second?.id).toBe(first?.id);
    expect(verifiedBy(secret, second!)).toBe(0);
    expect(await logOf(merchantId)).toMatchObject([{ state: 'DELIVERED', tries: 2 }]);
  });
});

describe('a secret', () => {
  it('that was changed signs along for 24 hours, and then no more', async () => {
    const path = newPath();
    const { webhook, secret: old } = await webhookAt(path);
    const key = { merchantId: webhook.merchantId, id: webhook.id };
    const { webhook: rotated, secret } = await webhooks.rotateSecret(key);
    const hours = (rotated.previousSecretUntil!.getTime() - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
    await webhooks.test(key);
    await sendDue(key.merchantId);
    const [both] = receiver.at(path);
    expect([verifiedBy(secret, both!), verifiedBy(old, both!)]).toEqual([0, 1]);

    const { database, tables } = fixture.shards.ofMerchant(key.merchantId);
    const rows = await database.query(`SELECT * FROM \`${tables.webhooks}\` WHERE \`id\` = ?`, [key.id]);
    expect(JSON.stringify(rows)).not.toContain(secret.slice(6));
    await database.write(
      `UPDATE \`${tables.webhooks}\` SET \`previous_secret_until\` = UTC_TIMESTAMP(3) WHERE \`id\` = ?`,
      [key.id],
    );
    await webhooks.test(key);
    await sendDue(key.merchantId);
    const [, one] = receiver.at(path);
    expect([verifiedBy(secret, one!), verifiedBy(old, one!)]).toEqual([0, -1]);
  });
});

describe('a private address', () => {
  it.each(['127.0.0.1', 'localhost'])('is not reached by way of %s', async (host) => {
    const path = newPath();
    const { webhook } = await webhookAt(path, newMerchant(), host);
    const { merchantId, id } = webhook;
    await webhooks.test({ merchantId, id });
    const strict = configOf({ WEBHOOK_ALLOW_PRIVATE: 'false' });
    await sendDue(merchantId, senderWith(strict));
    expect(receiver.at(path)).toEqual([]);
    expect(await logOf(merchantId)).toMatchObject([
      { state: 'PENDING', lastStatus: null, lastError: expect.stringContaining('private address') },
    ]);
    const update = serviceWith(strict).update({ merchantId, id, url: receiver.url(path, host) });
    await expect(update).rejects.toMatchObject({
      code: 'WEBHOOK_ADDRESS_REFUSED',
      details: { errors: [{ field: 'url' }] },
    });
    await sendDue(merchantId);
    await letTimePass(merchantId);
    await sendDue(merchantId);
    expect(receiver.at(path)).toHaveLength(1);
  });
});

describe('webhooks', () => {
  it('are ten for a merchant, though fifteen are made at once', async () => {
    const merchantId = newMerchant();
    const made = await Promise.allSettled(Array.from({ length: 15 }, () => webhookAt(newPath(), merchantId)));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const reasons = made.flatMap((each) => (each.status === 'rejected' ? [each.reason as DomainError] : []));
    expect(reasons.map(({ code }) => code)).toEqual(Array.from({ length: 5 }, () => 'WEBHOOK_LIMIT_REACHED'));
    const [first, ...others] = await webhooks.list(merchantId);
    expect(others).toHaveLength(9);
    await webhooks.delete({ merchantId, id: first!.id });
    await webhookAt(newPath(), merchantId);
  });

  it('of somebody else are not there, and neither are their deliveries', async () => {
    const { webhook } = await webhookAt(newPath());
    const { id, merchantId } = webhook;
    await webhooks.test({ id, merchantId });
    const [delivery] = await logOf(merchantId);
    // The one who asks has to be in the same tables, or this would be true of any number.
    let stranger = newMerchant();
    while (fixture.shards.ofMerchant(stranger) !== fixture.shards.ofMerchant(merchantId))
      stranger = newMerchant();
    const theirs = { id, merchantId: stranger };
    for (const refused of [
      webhooks.update({ ...theirs, enabled: false }),
      webhooks.delete(theirs),
      webhooks.rotateSecret(theirs),
      webhooks.test(theirs),
    ])
      await expect(refused).rejects.toMatchObject({ code: 'WEBHOOK_NOT_FOUND' });
    await expect(webhooks.resend({ id: delivery!.id, merchantId: stranger })).rejects.toMatchObject({
      code: 'DELIVERY_NOT_FOUND',
    });
    expect(await logOf(stranger)).toEqual([]);
  });

  it('that are switched off are sent nothing until they are on again, and the log goes on by pages', async () => {
    const path = newPath();
    const { webhook } = await webhookAt(path);
    const key = { merchantId: webhook.merchantId, id: webhook.id };
    for (let count = 0; count < 5; count += 1) await webhooks.test(key);
    await webhooks.update({ ...key, enabled: false });
    await hear(await storedOrder(fixture, { merchantId: key.merchantId }), paidTrade());
    await sendDue(key.merchantId);
    expect(receiver.at(path)).toEqual([]);
    await webhooks.update({ ...key, enabled: true });
    await sendDue(key.merchantId);
    await sendDue(key.merchantId);
    expect(receiver.at(path)).toHaveLength(5);

    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await webhooks.listDeliveries({ merchantId: key.merchantId, limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual((await logOf(key.merchantId)).map(({ id }) => id).toReversed());
    expect(seen).toHaveLength(5);
  });
});
