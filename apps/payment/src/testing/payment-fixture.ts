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
import { PAYMENT_MIGRATIONS } from '../migrations/index.js';
import { OrderCache } from '../orders/order-cache.js';
import { OrderChanges } from '../orders/order-changes.js';
import { OrderShards } from '../orders/order-shards.js';
import { OrderRepository } from '../orders/order.repository.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { PaymentConfig, configuredChannels, paymentEnvironment } from '../payment.config.js';
import { SettlementRepository } from '../settlement/settlement.repository.js';
import { SettlementService } from '../settlement/settlement.service.js';

/** The parts of payment over a schema and a Redis of their own. Nothing runs by itself. */
export interface PaymentFixture {
  readonly database: Database;
  readonly redis: Redis;
  readonly config: PaymentConfig;
  readonly ids: OrderIds;
  /** What the outbox has sent. */
  readonly relayed: readonly EncodedEvent[];
  readonly shards: OrderShards;
  readonly orders: OrderRepository;
  readonly cache: OrderCache;
  readonly changes: OrderChanges;
  readonly channels: PaymentChannelFactory;
  readonly settlement: SettlementService;
  readonly metrics: PaymentMetrics;
  readonly log: Log;
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
    // Nobody listens there: whatever calls the channel finds it gone.
    ALIPAY_GATEWAY_URL: 'http://127.0.0.1:9/gateway.do',
    ALIPAY_APP_ID: '2021000000000007',
    ALIPAY_SELLER_ID: '2088000000000007',
    ALIPAY_PRIVATE_KEY_FILE: keys.privateKeyFile,
    ALIPAY_PUBLIC_KEY_FILE: keys.publicKeyFile,
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
  return {
    database,
    redis,
    ids: new OrderIds(ids),
    relayed,
    ...assemble(environment, database, outbox, redis, publisher),
    stop: async () => {
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
  environment: Parameters<typeof configuredChannels>[0],
  database: Database,
  outbox: Outbox,
  redis: Redis,
  publisher: EventPublisher,
) {
  const log = Log.create('payment', 'payment-1', 'silent');
  const config = new PaymentConfig(environment);
  const channels = new PaymentChannelFactory(configuredChannels(environment));
  const metrics = new PaymentMetrics(new Metrics('payment', 'payment-1'));
  const shards = new OrderShards(() => ({ database, outbox }));
  const orders = new OrderRepository(shards);
  const cache = new OrderCache(redis, orders, log);
  const changes = new OrderChanges(cache, publisher, log);
  const settlement = new SettlementService(
    shards,
    orders,
    new SettlementRepository(),
    channels,
    changes,
    metrics,
    config,
    log,
  );
  return { log, config, channels, metrics, shards, orders, cache, changes, settlement };
}

async function writeKeyFiles() {
  const directory = await mkdtemp(join(tmpdir(), 'clearbid-payment-keys-'));
  const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const alipay = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKeyFile = join(directory, 'private.pem');
  const publicKeyFile = join(directory, 'public.pem');
  await writeFile(privateKeyFile, ours.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(publicKeyFile, alipay.publicKey.export({ type: 'spki', format: 'pem' }));
  return { directory, privateKeyFile, publicKeyFile };
}
