import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Channels } from '../channel/channels.js';
import { SandboxConfig } from '../config.js';
import { Journal } from '../journal/journal.js';
import { DueQueue } from '../schedule/due-queue.js';
import { TradeBook } from '../trade/trade-book.js';
import type { ChannelName, Trade, TradeState } from '../trade/trade.js';
import type { NotifyJob, NotifyState } from './notify-job.js';
import { NotifySender } from './notify-sender.js';

const KIND = 'notify';
const MAX_IN_FLIGHT = 256;
/** How long a shutdown waits for merchants that have not answered yet; what is cut off is sent again after the restart. */
const SHUTDOWN_PATIENCE_MS = 3_000;

/** A notify that somebody orders. */
export interface NotifyOrder {
  readonly notifyId: string;
  readonly event: TradeState;
  readonly outRefundNo?: string;
  readonly tampered?: boolean;
  readonly delayMs?: number;
}

/**
 * Sends notifies until the merchant confirms, on the channel's ladder of retries, and across restarts: what the journal says
 * is pending goes on where it was.
 */
@Injectable()
export class NotifyQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly jobs = new Map<string, NotifyJob>();
  private readonly byTrade = new Map<string, NotifyJob[]>();
  private readonly counts: Record<NotifyState, number> = { PENDING: 0, DELIVERED: 0, EXHAUSTED: 0 };
  private tries = 0;
  private readonly due = new DueQueue((id) => {
    this.ready.push(id);
    this.startReady();
  });
  private readonly ready: string[] = [];
  private readonly inFlight = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly config: SandboxConfig,
    private readonly journal: Journal,
    private readonly book: TradeBook,
    private readonly sender: NotifySender,
    private readonly channels: Channels,
  ) {
    for (const job of journal.take<NotifyJob>(KIND)) this.remember(job);
  }

  /** Takes up what the last run left pending; by now every channel has registered itself. */
  onApplicationBootstrap(): void {
    for (const job of this.jobs.values()) {
      if (job.state === 'PENDING') this.due.set(job.id, job.nextAt);
    }
  }

  enqueue(trade: Trade, order: NotifyOrder): void {
    const now = Date.now();
    const job: NotifyJob = {
      id: randomUUID(),
      channel: trade.channel,
      outTradeNo: trade.outTradeNo,
      notifyId: order.notifyId,
      event: order.event,
      ...(order.outRefundNo === undefined ? {} : { outRefundNo: order.outRefundNo }),
      tampered: order.tampered ?? false,
      createdAt: now,
      state: 'PENDING',
      nextAt: now + (order.delayMs ?? 0),
      deliveries: [],
    };
    this.remember(job);
    this.journal.put(KIND, job.id, job);
    this.due.set(job.id, job.nextAt);
  }

  /** Everything that was or will be sent for a trade, in order of creation. */
  jobsOf(trade: Trade): readonly NotifyJob[] {
    return this.byTrade.get(tradeKey(trade)) ?? [];
  }

  statistics(): { tries: number; inFlight: number } & Record<NotifyState, number> {
    return { tries: this.tries, inFlight: this.inFlight.size, ...this.counts };
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.due.stop();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SHUTDOWN_PATIENCE_MS);
    });
    await Promise.race([Promise.all(this.inFlight), patience]);
    clearTimeout(timer);
  }

  private startReady(): void {
    while (!this.stopped && this.inFlight.size < MAX_IN_FLIGHT) {
      const job = this.jobs.get(this.ready.shift() ?? '');
      if (job === undefined) return;
      const running = this.deliver(job).finally(() => {
        this.inFlight.delete(running);
        this.startReady();
      });
      this.inFlight.add(running);
    }
  }

  private async deliver(job: NotifyJob): Promise<void> {
    const protocol = this.channels.of(job.channel).notify;
    const trade = this.book.find(job.channel, job.outTradeNo);
    const message = trade && (await protocol.compose(job, trade));
    if (message === undefined) return this.finish(job, 'EXHAUSTED');
    const delivery = await this.sender.send(message);
    // Cut off by our own shutdown: no try of the ladder was used up.
    if (this.stopped && delivery.status === null) return;
    this.tries += 1;
    job.deliveries.push(delivery);
    if (protocol.isAccepted(delivery)) return this.finish(job, 'DELIVERED');
    const waitMs = protocol.retryDelaysMs[job.deliveries.length - 1];
    if (waitMs === undefined) return this.finish(job, 'EXHAUSTED');
    job.nextAt = Date.now() + waitMs / this.config.timeScale;
    this.journal.put(KIND, job.id, job);
    this.due.set(job.id, job.nextAt);
  }

  private finish(job: NotifyJob, state: NotifyState): void {
    this.counts[job.state] -= 1;
    this.counts[state] += 1;
    job.state = state;
    this.journal.put(KIND, job.id, job);
  }

  private remember(job: NotifyJob): void {
    this.jobs.set(job.id, job);
    this.counts[job.state] += 1;
    const siblings = this.byTrade.get(tradeKey(job));
    if (siblings) siblings.push(job);
    else this.byTrade.set(tradeKey(job), [job]);
  }
}

function tradeKey(of: { channel: ChannelName; outTradeNo: string }): string {
  return `${of.channel}:${of.outTradeNo}`;
}
