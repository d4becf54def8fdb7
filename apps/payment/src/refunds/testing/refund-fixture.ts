import { DomainError, type RequestOf, type wallet } from '#libs/contracts';
import type { Database } from '#libs/database';
import { leaseIdGenerator } from '#libs/ids';
import { OrderIds } from '#libs/orders';
import { Outbox } from '#libs/outbox';
import { Log, Metrics } from '#libs/service';
import { createTestDatabase } from '#libs/testing';
import type { EventPublisher, RpcClient } from '#libs/transport';
import { ArchiveRepository } from '../../archive/archive.repository.js';
import { AttemptRepository } from '../../attempts/attempt.repository.js';
import type { ChannelCall, ChannelCalls } from '../../channels/channel-calls.js';
import { CreditRepository } from '../../credit/credit.repository.js';
import { PAYMENT_MIGRATIONS } from '../../migrations/index.js';
import type { OrderCache } from '../../orders/order-cache.js';
import type { OrderChanges } from '../../orders/order-changes.js';
import { OrderRepository } from '../../orders/order.repository.js';
import { OrderShards } from '../../orders/order-shards.js';
import { PaymentMetrics } from '../../payment-metrics.js';
import type { PaymentConfig } from '../../payment.config.js';
import { SettlementRepository } from '../../settlement/settlement.repository.js';
import { SettlementService } from '../../settlement/settlement.service.js';
import { StoryRepository } from '../../story/story.repository.js';
import { DuplicateRefunds } from '../duplicate-refunds.js';
import { OperatorRefunds } from '../operator-refunds.service.js';
import { RefundLists } from '../refund-lists.repository.js';
import { RefundNotices } from '../refund-notices.js';
import { RefundProgress } from '../refund-progress.js';
import { RefundSettlements } from '../refund-settlements.service.js';
import { RefundSweep } from '../refund-sweep.js';
import { RefundRepository } from '../refund.repository.js';
import { RefundsController } from '../refunds.controller.js';
import { RefundsService } from '../refunds.service.js';
import { MemoryChannel } from './memory-channel.js';

/** Thrown where a process dies: nothing in the code may know what to do about it. */
export class Died extends Error {}

/** Kills at the n-th step from now on: a step is a moment right before or right after something outside happens. */
export class Cut {
  private left = Number.POSITIVE_INFINITY;

  at(step: number): void {
    this.left = step;
  }
  /** @returns true when the flow was over before that step. */
  lift(): boolean {
    const unused = this.left > 0;
    this.left = Number.POSITIVE_INFINITY;
    return unused;
  }
  async around<T>(work: () => Promise<T>): Promise<T> {
    this.step('before');
    const result = await work();
    this.step('after');
    return result;
  }
  private step(when: string): void {
    this.left -= 1;
    if (this.left <= 0) throw new Died(`the process died ${when} it`);
  }
}

/** The wallet's side of a hold, as its contract has it: once per refund, and a refusal stays. */
export class WalletStandIn {
  balance = 10n ** 15n;
  readonly holds = new Map<string, bigint>();
  private readonly refused = new Set<string>();
  private readonly frozen = new Set<string>();

  /** Whoever asks for this hold from now on finds the account frozen. */
  freeze(refundId: string): void {
    this.frozen.add(refundId);
  }

  hold({ refundId, amount, bonus }: RequestOf<typeof wallet.holdRefund>): Promise<{ transferId: string }> {
    if (this.frozen.has(refundId)) throw new DomainError('ACCOUNT_FROZEN', 'frozen');
    if (!this.holds.has(refundId)) {
      if (this.refused.has(refundId) || amount + bonus > this.balance) {
        this.refused.add(refundId);
        throw new DomainError('INSUFFICIENT_FUNDS', 'too little');
      }
      this.balance -= amount + bonus;
      this.holds.set(refundId, amount + bonus);
    }
    return Promise.resolve({ transferId: refundId });
  }
}

export type RefundFixture = Awaited<ReturnType<typeof startRefundFixture>>;

/** Refunds over a schema of their own, a channel in memory and a wallet that only holds. Nothing runs by itself. */
export async function startRefundFixture() {
  const schema = await createTestDatabase('payment', { migrations: PAYMENT_MIGRATIONS });
  const lease = await leaseIdGenerator(schema.database, () => undefined);
  const relayed: { readonly name: string; readonly payload: unknown }[] = [];
  const outbox = new Outbox({
    source: 'payment',
    database: schema.database,
    relay: { relay: (events) => Promise.resolve(void relayed.push(...events)) },
    onError: () => undefined,
  });
  const cut = new Cut();
  const parts = assemble(cutting(schema.database, cut), outbox, new OrderIds(lease.ids), cut);
  return {
    ...parts,
    database: schema.database,
    relayed,
    cut,
    stop: async () => {
      await outbox.close();
      await lease.release();
      await schema.drop();
    },
  };
}

/** The same database, in front of and behind each of whose writes and commits the process can die. */
function cutting(database: Database, cut: Cut): Database {
  return new Proxy(database, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      const method = (value as (...values: unknown[]) => unknown).bind(target);
      if (property !== 'write' && property !== 'transaction') return method;
      return (...values: unknown[]) => cut.around(async () => method(...values));
    },
  });
}

/** What Nest puts together in the running service, with a channel whose line is always free. */
function assemble(database: Database, outbox: Outbox, ids: OrderIds, cut: Cut) {
  const log = Log.create('payment', 'payment-1', 'silent');
  const channel = new MemoryChannel();
  const purse = new WalletStandIn();
  const shards = new OrderShards(() => ({ database, outbox }));
  const asked: string[] = [];
  const calls = {
    run: (_account: string, call: ChannelCall, work: (at: MemoryChannel) => Promise<unknown>) =>
      cut.around(() => {
        asked.push(call.name);
        return work(channel);
      }),
  } as unknown as ChannelCalls;
  const services = {
    call: (_contract: unknown, request: RequestOf<typeof wallet.holdRefund>) =>
      cut.around(async () => purse.hold(request)),
  } as unknown as RpcClient;
  // Hints for open pages: losing them loses nothing.
  const cache = { invalidate: () => Promise.resolve() } as unknown as OrderCache;
  const events = { publish: () => Promise.resolve() } as unknown as EventPublisher;
  const config = {
    refundRetryMs: 5_000,
    answerWithinMs: 2_500,
    sweepEveryMs: 1_000,
    lastLookAfterMs: 60_000,
    notifyUrl: () => 'http://merchant.test/notify',
  } as unknown as PaymentConfig;
  const stories = new StoryRepository();
  const archive = new ArchiveRepository(shards, database);
  const orders = new OrderRepository(shards, archive, stories);
  const refunds = new RefundRepository(shards);
  const progress = new RefundProgress(
    shards,
    refunds,
    calls,
    services,
    stories,
    cache,
    { changed: () => Promise.resolve() } as unknown as OrderChanges,
    events,
    config,
    log,
  );
  const service = new RefundsService(shards, archive, refunds, progress, stories, cache, ids, config, log);
  const operators = new OperatorRefunds(shards, refunds, stories, cache, ids, log);
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
    config,
    log,
  );
  return {
    channel,
    /** What the channel was asked, in order. */
    calls: asked,
    progress,
    purse,
    shards,
    ids,
    orders,
    refunds,
    service,
    operators,
    settlement,
    credits: new CreditRepository(shards, orders, stories),
    notices: new RefundNotices(refunds, archive, progress, log),
    settlements: new RefundSettlements(
      shards,
      refunds,
      stories,
      { changed: () => Promise.resolve() } as unknown as OrderChanges,
      log,
    ),
    sweep: new RefundSweep(shards, refunds, progress, config, log),
    controller: new RefundsController(service, operators, refunds, new RefundLists(shards), orders),
  };
}
