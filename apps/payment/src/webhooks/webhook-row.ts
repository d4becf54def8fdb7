import type { payment } from '#libs/contracts';

/** A webhook as the database gives it. */
export interface WebhookRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly url: string;
  /** Separated by commas. */
  readonly events: string;
  readonly enabled: number;
  readonly previous_secret_until: Date | null;
  readonly created_at: Date;
}

export const WEBHOOK_COLUMNS =
  '`id`, `merchant_id`, `url`, `events`, `enabled`, `previous_secret_until`, `created_at`';

export function webhookOf(row: WebhookRow, now = new Date()): payment.Webhook {
  const until = row.previous_secret_until;
  return {
    id: row.id,
    merchantId: row.merchant_id,
    url: row.url,
    events: row.events.split(',') as payment.WebhookEventType[],
    enabled: row.enabled === 1,
    previousSecretUntil: until !== null && until > now ? until : null,
    createdAt: row.created_at,
  };
}

/** A delivery as the database gives it. */
export interface DeliveryRow {
  readonly id: string;
  readonly webhook_id: string;
  readonly event: payment.WebhookEventType;
  readonly order_id: string | null;
  readonly state: payment.WebhookDelivery['state'];
  readonly tries: number;
  readonly next_try_at: Date | null;
  readonly last_status: number | null;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
}

export const DELIVERY_COLUMNS =
  '`id`, `webhook_id`, `event`, `order_id`, `state`, `tries`, `next_try_at`, `last_status`, `last_error`, `created_at`, `delivered_at`';

export function deliveryOf(row: DeliveryRow): payment.WebhookDelivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    event: row.event,
    rechargeId: row.order_id,
    state: row.state,
    tries: row.tries,
    nextTryAt: row.state === 'PENDING' ? row.next_try_at : null,
    lastStatus: row.last_status,
    lastError: row.last_error,
    createdAt: row.created_at,
    deliveredAt: row.delivered_at,
  };
}
