import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Database } from '#libs/database';
import { leaseIdGenerator } from '#libs/ids';
import { OrderIds } from '#libs/orders';
import { type EncodedEvent, Outbox } from '#libs/outbox';
import { PaymentChannelFactory } from '#libs/payments';
import { Log, Metrics } from '#libs/service';
import { createTestDatabase, startTestRedis } from '#libs/testing';
import { EventPublisher } from '#libs/transport';
import { Turnstile } from '#libs/turnstile';
import { ArchiveRepository } from '../archive/archive.repository.js';
import { AttemptOpener } from '../attempts/attempt-opener.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { ChannelCalls } from '../channels/channel-calls.js';
import { ChannelSwitches } from '../channels/channel-switches.js';
import { openChannels } from '../channels/configured-channels.js';
import { healthOf } from '#libs/channel-line';
import { PAYMENT_MIGRATIONS } from '../migrations/index.js';
import { OrderCache } from '../orders/order-cache.js';
import { OrderChanges } from '../orders/order-changes.js';
import { OrderShards } from '../orders/order-shards.js';
import { OrderRepository } from '../orders/order.repository.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { PaymentConfig, type PaymentEnvironment, paymentEnvironment } from '../payment.config.js';
import { ChannelInquiry } from '../query/channel-inquiry.js';
import { DuplicateRefunds } from '../refunds/duplicate-refunds.js';
import { StoryRepository } from '../story/story.repository.js';
import { SettlementRepository } from '../settlement/settlement.repository.js';
import { SettlementService } from '../settlement/settlement.service.js';

/** The parts of payment over a schema and a Redis of their own. Nothing runs by itself. */
export interface PaymentFixture extends ReturnType<typeof assemble> {
  readonly database: Database;
  readonly redis: Redis;
  readonly ids: OrderIds;
  /** What the outbox has sent. */
  readonly relayed: readonly EncodedEvent[];
  readonly publisher: EventPublisher;
  stop(): Promise<void>;
}

export async function startPaymentFixture(): Promise<PaymentFixture> {
  const [schema, redisServer, keys] = await Promise.all([
    createTestDatabase('payment', { migrations: PAYMENT_MIGRATIONS }),
    startTestRedis(),
    writeKeyFiles(),
  ]);
  const environment = paymentEnvironment.parse({
    MYSQL_URL: schema.options.url,
    REDIS_URL: redisServer.url,
    PUBLIC_URL: 'http://merchant.test/',
    PAYMENT_CHANNELS_FILE: keys.channelsFile,
  });
  const { database } = schema;
  const { ids, release } = await leaseIdGenerator(database, () => undefined);
  const redis = new Redis(redisServer.url);
  const publisher = new EventPublisher({ redis: redisServer.url });
  await publisher.connect();
  const relayed: EncodedEvent[] = [];
  const outbox = new Outbox({
    source: 'payment',
    database,
    relay: { relay: async (events) => void relayed.push(...events) },
    onError: () => undefined,
  });
  const orderIds = new OrderIds(ids);
  const parts = assemble(environment, database, outbox, redis, publisher, orderIds);
  return {
    database,
    redis,
    ids: orderIds,
    relayed,
    publisher,
    ...parts,
    stop: async () => {
      await parts.turnstile.close();
      await outbox.close();
      await release();
      await publisher.close();
      redis.disconnect();
      await Promise.all([schema.drop(), redisServer.stop(), rm(keys.directory, { recursive: true })]);
    },
  };
}

/** What Nest puts together in the running service. */
function assemble(
  environment: PaymentEnvironment,
  database: Database,
  outbox: Outbox,
  redis: Redis,
  publisher: EventPublisher,
  ids: OrderIds,
) {
  const log = Log.create('payment', 'payment-1', 'silent');
  const config = new PaymentConfig(environment);
  const channels = new PaymentChannelFactory(openChannels(config));
  const metrics = new PaymentMetrics(new Metrics('payment', 'payment-1'));
  const shards = new OrderShards(() => ({ database, outbox }));
  const stories = new StoryRepository();
  const archive = new ArchiveRepository(shards, database);
  const orders = new OrderRepository(shards, archive, stories);
  const attempts = new AttemptRepository(shards, orders, stories);
  const cache = new OrderCache(redis, orders, log);
  const changes = new OrderChanges(cache, publisher, log);
  const turnstile = new Turnstile({
    redis,
    name: 'channels',
    outcomeOf: healthOf,
    onCircuitChange: () => undefined,
    onError: () => undefined,
  });
  const calls = new ChannelCalls(channels, turnstile, shards, stories, metrics, log);
  const switches = new ChannelSwitches(database, channels, log);
  const settlement = new SettlementService(
    shards,
    orders,
    attempts,
    new SettlementRepository(),
    archive,
    new DuplicateRefunds(ids, stories),
    stories,
    changes,
    metrics,
    config,
    log,
  );
  const opener = new AttemptOpener(attempts, calls, changes, config, log);
  const inquiry = new ChannelInquiry(channels, calls, settlement);
  return {
    log,
    config,
    channels,
    /** The one account that the tests have. */
    channel: channels.account('alipay-main').channel,
    metrics,
    shards,
    stories,
    archive,
    orders,
    attempts,
    cache,
    changes,
    turnstile,
    calls,
    switches,
    settlement,
    opener,
    inquiry,
  };
}

async function writeKeyFiles() {
  const directory = await mkdtemp(join(tmpdir(), 'clearbid-payment-keys-'));
  const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const alipay = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKeyFile = join(directory, 'private.pem');
  const publicKeyFile = join(directory, 'public.pem');
  await writeFile(privateKeyFile, ours.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(publicKeyFile, alipay.publicKey.export({ type: 'spki', format: 'pem' }));
  const channelsFile = join(directory, 'channels.json');
  const settings = {
    // Nobody listens there: whatever calls the channel finds it gone.
    gatewayUrl: 'http://127.0.0.1:9/gateway.do',
    appId: '2021000000000007',
    sellerId: '2088000000000007',
    privateKeyFile: 'private.pem',
    alipayPublicKeyFiles: ['public.pem'],
  };
  await writeFile(
    channelsFile,
    JSON.stringify({ accounts: [{ id: 'alipay-main', channel: 'alipay', settings }] }),
  );
  return { directory, channelsFile };
}
