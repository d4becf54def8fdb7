import 'reflect-metadata';
import { type Database, migrate, Database as OpenDatabase } from '#libs/database';
import { leaseIdGenerator } from '#libs/ids';
import { OrderIds } from '#libs/orders';
import { Outbox } from '#libs/outbox';
import { Log, Metrics } from '#libs/service';
import { ArchiveRepository } from '../../apps/payment/src/archive/archive.repository.js';
import { AttemptRepository } from '../../apps/payment/src/attempts/attempt.repository.js';
import { PAYMENT_MIGRATIONS } from '../../apps/payment/src/migrations/index.js';
import type { OrderChanges } from '../../apps/payment/src/orders/order-changes.js';
import { OrderRepository } from '../../apps/payment/src/orders/order.repository.js';
import { OrderShards } from '../../apps/payment/src/orders/order-shards.js';
import { PaymentMetrics } from '../../apps/payment/src/payment-metrics.js';
import type { PaymentConfig } from '../../apps/payment/src/payment.config.js';
import { DuplicateRefunds } from '../../apps/payment/src/refunds/duplicate-refunds.js';
import { SettlementRepository } from '../../apps/payment/src/settlement/settlement.repository.js';
import { SettlementService } from '../../apps/payment/src/settlement/settlement.service.js';
import { StoryRepository } from '../../apps/payment/src/story/story.repository.js';

/** Brings a schema up to date; makes it when it is not there. */
export async function migratePayment(url: string, schema: string): Promise<void> {
  await migrate({ url, schema, migrations: PAYMENT_MIGRATIONS });
}

/** The payment service's own parts over a schema, in this process: what is measured is they and the database. */
export async function openPayment(url: string, schema: string) {
  const database: Database = await new OpenDatabase({ url, schema, poolSize: 8 }).open();
  const lease = await leaseIdGenerator(database, () => undefined);
  const ids = new OrderIds(lease.ids);
  const outbox = new Outbox({
    source: 'payment',
    database,
    // Nobody listens; what is measured ends with the commit.
    relay: { relay: () => Promise.resolve() },
    onError: () => undefined,
  });
  const log = Log.create('bench', 'bench-1', 'silent');
  const shards = new OrderShards(() => ({ database, outbox }));
  const stories = new StoryRepository();
  const archive = new ArchiveRepository(shards, database);
  const orders = new OrderRepository(shards, archive, stories);
  const settlement = new SettlementService(
    shards,
    orders,
    new AttemptRepository(shards, orders, stories),
    new SettlementRepository(),
    archive,
    new DuplicateRefunds(ids, stories),
    stories,
    { changed: () => Promise.resolve() } as unknown as OrderChanges,
    new PaymentMetrics(new Metrics('bench', 'bench-1')),
    { lastLookAfterMs: 60_000 } as PaymentConfig,
    log,
  );
  const close = async () => {
    await outbox.close();
    await lease.release();
    await database.close();
  };
  return { database, ids, outbox, log, shards, stories, archive, orders, settlement, close };
}

export type PaymentParts = Awaited<ReturnType<typeof openPayment>>;
