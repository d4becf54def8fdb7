import type { payment } from '#libs/contracts';
import type { Database } from '#libs/database';
import { leaseIdGenerator } from '#libs/ids';
import { OrderIds } from '#libs/orders';
import { Outbox } from '#libs/outbox';
import type { PaymentChannelFactory } from '#libs/payments';
import { Log, Metrics } from '#libs/service';
import { createTestDatabase } from '#libs/testing';
import { ArchiveRepository } from '../../archive/archive.repository.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import type { ChannelCalls } from '../../channels/channel-calls.js';
import { PAYMENT_MIGRATIONS } from '../../migrations/index.js';
import type { OrderCache } from '../../orders/order-cache.js';
import type { OrderChanges } from '../../orders/order-changes.js';
import { OrderRepository } from '../../orders/order.repository.js';
import { OrderShards } from '../../orders/order-shards.js';
import { PaymentMetrics } from '../../payment-metrics.js';
import type { PaymentConfig } from '../../payment.config.js';
import { ChannelInquiry } from '../../query/channel-inquiry.js';
import { OperatorRefunds } from '../../refunds/operator-refunds.service.js';
import { RefundRepository } from '../../refunds/refund.repository.js';
import { DuplicateRefunds } from '../../refunds/duplicate-refunds.js';
import { SettlementRepository } from '../../settlement/settlement.repository.js';
import { SettlementService } from '../../settlement/settlement.service.js';
import { StoryRepository } from '../../story/story.repository.js';
import { BillLoader } from '../bill-loader.js';
import { ComparisonRepository } from '../comparison.repository.js';
import { Comparison } from '../comparison.js';
import { DifferenceDesk } from '../difference-desk.js';
import { DifferenceRepairs } from '../difference-repairs.js';
import { DifferenceStory } from '../difference-story.js';
import { DifferenceRepository } from '../difference.repository.js';
import { FeeCorrections } from '../fee-corrections.js';
import { ReconciliationRunner } from '../reconciliation-runner.js';
import { ReconciliationConfig } from '../reconciliation.config.js';
import { ReconciliationRepository } from '../reconciliation.repository.js';
import { BillChannel } from './bill-channel.js';

export type ReconciliationFixture = Awaited<ReturnType<typeof startReconciliationFixture>>;

/** Reconciliation over a schema of its own, with a channel that a test writes the bills of. Nothing runs by itself. */
export async function startReconciliationFixture() {
  const schema = await createTestDatabase('payment', { migrations: PAYMENT_MIGRATIONS });
  const { database } = schema;
  const lease = await leaseIdGenerator(database, () => undefined);
  const ids = new OrderIds(lease.ids);
  const outbox = new Outbox({
    source: 'payment',
    database,
    relay: { relay: () => Promise.resolve() },
    onError: () => undefined,
  });
  const parts = assembleReconciliation(database, ids, outbox, new BillChannel());
  return {
    ...parts,
    stop: async () => {
      await outbox.close();
      await lease.release();
      await schema.drop();
    },
  };
}

/** What Nest puts together in the running service, with a channel whose line is always free. */
export function assembleReconciliation(
  database: Database,
  ids: OrderIds,
  outbox: Outbox,
  channel: BillChannel,
) {
  const log = Log.create('payment', 'payment-1', 'silent');
  const shards = new OrderShards(() => ({ database, outbox }));
  const account = { id: channel.accountId, channel };
  const channels = { all: [account], account: () => account } as unknown as PaymentChannelFactory;
  const calls: Pick<ChannelCalls, 'run'> = { run: (_account, _call, work) => work(channel) };
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
    new PaymentMetrics(new Metrics('payment', 'payment-1')),
    { lastLookAfterMs: 60_000 } as PaymentConfig,
    log,
  );
  const inquiry = new ChannelInquiry(channels, calls as ChannelCalls, settlement);
  const config = new ReconciliationConfig({
    RECONCILE_AT_HOUR: 11,
    RECONCILE_CARRY_DAYS: 3,
    RECONCILE_RETRY_SECONDS: 600,
    RECONCILE_TODAY: false,
    SWEEP_EVERY_MS: 1_000,
  });
  const reconciliations = new ReconciliationRepository(database, ids);
  const differences = new DifferenceRepository(database, ids);
  const comparisons = new ComparisonRepository();
  const story = new DifferenceStory(shards, stories, log);
  const comparison = new Comparison(shards, reconciliations, comparisons, differences, story, config);
  const fees = new FeeCorrections(shards, channels);
  const repairs = new DifferenceRepairs(
    database,
    shards,
    differences,
    comparisons,
    fees,
    inquiry,
    new RefundRepository(shards),
    archive,
    story,
    log,
  );
  const loader = new BillLoader(shards, reconciliations, calls as ChannelCalls);
  const runner = new ReconciliationRunner(
    reconciliations,
    loader,
    comparison,
    differences,
    repairs,
    config,
    log,
  );
  const cache = { invalidate: () => Promise.resolve() } as unknown as OrderCache;
  const refunds = new OperatorRefunds(shards, new RefundRepository(shards), stories, cache, ids, log);
  const desk = new DifferenceDesk(
    database,
    outbox,
    shards,
    differences,
    comparisons,
    repairs,
    refunds,
    story,
    log,
  );
  return {
    database,
    ids,
    shards,
    outbox,
    channel,
    channels,
    stories,
    orders,
    settlement,
    config,
    reconciliations,
    differences,
    comparison,
    archive,
    loader,
    runner,
    desk,
    log,
  };
}

/** Has a day done to its end. */
export async function reconcile(
  fixture: Pick<ReconciliationFixture, 'reconciliations' | 'runner' | 'channel'>,
  billDate: string,
): Promise<payment.Reconciliation> {
  const { accountId, name } = fixture.channel;
  await fixture.reconciliations.request(accountId, name, billDate);
  await fixture.runner.work(new AbortController().signal);
  const [found] = await fixture.reconciliations.list({ accountId, billDate, limit: 1 });
  if (!found) throw new Error(`There is no reconciliation of ${billDate}`);
  return found;
}
