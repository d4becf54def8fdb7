import { Injectable } from '@nestjs/common';
import { within } from '#libs/jobs';
import { Log, SweepHost, type SweepPlan } from '#libs/service';
import { type OrderShard, OrderShards } from '../orders/order-shards.js';
import { PaymentMetrics } from '../payment-metrics.js';
import { type ClaimedDelivery, DeliveryRepository } from './delivery.repository.js';
import { type PostResult, postWebhook } from './webhook-post.js';
import { signatureOf, WebhookSecrets } from './webhook-secrets.js';
import { WebhookConfig } from './webhook.config.js';

const BATCH = 50;
/** In flight to one webhook from this process: a slow one fills its own places and nobody else's. */
const PLACES_PER_WEBHOOK = 4;
/** In flight to all of them. */
const PLACES = 400;
/** After the longest try there can be: only a process that died has not noted its outcome by then. */
const LEASE_BEYOND_TIMEOUT_MS = 20_000;
const SHUTDOWN_MS = 3_000;

/** Sends what is due, each on its own: nobody waits for another merchant's system. */
@Injectable()
export class WebhookSender extends SweepHost {
  private readonly inFlight = new Map<string, number>();
  private readonly sending = new Set<Promise<void>>();
  private readonly shutdown = new AbortController();

  constructor(
    private readonly shards: OrderShards,
    private readonly deliveries: DeliveryRepository,
    private readonly secrets: WebhookSecrets,
    private readonly config: WebhookConfig,
    private readonly metrics: PaymentMetrics,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    // Nothing could be signed; and nothing is due where none could be made.
    if (!this.config.key) return [];
    return this.shards.all.map((shard) => ({
      name: `send webhooks of shard ${shard.shard}`,
      everyMs: this.config.sweepEveryMs,
      batch: BATCH,
      work: () => this.round(shard),
    }));
  }

  override async beforeApplicationShutdown(): Promise<void> {
    await super.beforeApplicationShutdown();
    await within(this.idle(), SHUTDOWN_MS);
    this.shutdown.abort();
    await this.idle();
  }

  /** Begins to send what is due, and does not wait for it. @returns how many looked due: a full batch means more. */
  async round(shard: OrderShard): Promise<number> {
    const limit = Math.min(BATCH, PLACES - this.sending.size);
    if (limit <= 0) return 0;
    const placesOf = (webhookId: string) => PLACES_PER_WEBHOOK - (this.inFlight.get(webhookId) ?? 0);
    const { deliveries, hasMore } = await this.deliveries.claimDue(shard, {
      leaseMs: this.config.timeoutMs + LEASE_BEYOND_TIMEOUT_MS,
      limit,
      full: [...this.inFlight.keys()].filter((webhookId) => placesOf(webhookId) <= 0),
      placesOf,
    });
    for (const delivery of deliveries) this.begin(shard, delivery);
    return hasMore ? BATCH : deliveries.length;
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.sending.size > 0) await Promise.all(this.sending);
  }

  private begin(shard: OrderShard, delivery: ClaimedDelivery): void {
    const { webhook_id: webhookId } = delivery;
    this.inFlight.set(webhookId, (this.inFlight.get(webhookId) ?? 0) + 1);
    const sent = this.send(shard, delivery)
      .catch((error: unknown) => {
        // Taken up again after its lease.
        this.log.error({ err: error, webhookId, deliveryId: delivery.id }, 'could not send to a webhook');
      })
      .finally(() => {
        this.sending.delete(sent);
        const left = (this.inFlight.get(webhookId) ?? 1) - 1;
        if (left > 0) this.inFlight.set(webhookId, left);
        else this.inFlight.delete(webhookId);
      });
    this.sending.add(sent);
  }

  private async send(shard: OrderShard, delivery: ClaimedDelivery): Promise<void> {
    const { event_id: id, body } = delivery;
    const timestamp = Math.floor(Date.now() / 1_000);
    const result = await postWebhook(delivery.url, {
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Clearbid-Webhooks/1',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatureOf(this.secretsOf(delivery), { id, timestamp, body }),
      },
      body,
      timeoutMs: this.config.timeoutMs,
      allowsPrivate: this.config.allowsPrivate,
      signal: this.shutdown.signal,
    });
    // Whether it arrived, nobody knows: not a failure of the receiver, and sent again after the lease.
    if (result.error !== null && this.shutdown.signal.aborted) return;
    const nextTryInMs = this.config.ladderMs[delivery.rung] ?? null;
    await this.deliveries.note(shard, delivery, result, nextTryInMs);
    this.metrics.webhooks.inc({ result: resultOf(result, nextTryInMs) });
    const fields = { webhookId: delivery.webhook_id, deliveryId: delivery.id, eventId: id, ...result };
    if (result.error === null) this.log.debug(fields, 'a webhook was received');
    else this.log.info(fields, 'a webhook was not received');
  }

  private secretsOf({ webhook_id: webhookId, secret, previous_secret: previous }: ClaimedDelivery): string[] {
    return [secret, ...(previous === null ? [] : [previous])].map((sealed) =>
      this.secrets.open(webhookId, sealed),
    );
  }
}

function resultOf({ error }: PostResult, nextTryInMs: number | null): 'delivered' | 'failed' | 'given_up' {
  if (error === null) return 'delivered';
  return nextTryInMs === null ? 'given_up' : 'failed';
}
