import type { ChannelName, Trade, TradeState } from '../trade/trade.js';

/** One try to hand a notify over. */
export interface Delivery {
  readonly at: number;
  readonly durationMs: number;
  /** HTTP status; `null` when no answer came. */
  readonly status: number | null;
  /** The beginning of the answer's body. */
  readonly answer: string;
  /** Why no answer came. */
  readonly error?: string;
}

export type NotifyState = 'PENDING' | 'DELIVERED' | 'EXHAUSTED';

/** One notify on its way, with its own retries. */
export interface NotifyJob {
  /** Unique in the sandbox. */
  readonly id: string;
  readonly channel: ChannelName;
  readonly outTradeNo: string;
  /** The channel's id of the notify: the same in every try, and in the copies of a duplicate. */
  readonly notifyId: string;
  /** The state of the trade that it tells of; may be an older one than the present. */
  readonly event: TradeState;
  /** The refund that it tells of; of the payment when there is none. */
  readonly outRefundNo?: string;
  /** Changed on the way: the signature does not fit the content. */
  readonly tampered: boolean;
  readonly createdAt: number;
  state: NotifyState;
  /** When the next try is due; of no meaning once the job has ended. */
  nextAt: number;
  readonly deliveries: Delivery[];
}

/** A request ready to be sent. */
export interface NotifyMessage {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What else than its signature can be wrong with a notify. */
export const NOTIFY_MALFORMATIONS = [
  'truncated-ciphertext',
  'short-nonce',
  'bad-base64',
  'wrong-key',
  'unknown-serial',
  'stale',
  'sign-test',
  'huge',
] as const;

export type NotifyMalformation = (typeof NOTIFY_MALFORMATIONS)[number];

/** A notify with some fields of a tester's own. */
export interface NotifyOverrides {
  /** Fields that differ from the true ones; signed with the rest. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly signature?: 'valid' | 'wrong' | 'missing';
  readonly malform?: NotifyMalformation;
}

/** How one channel notifies. */
export interface NotifyProtocol {
  /** The waits after the first, second, … failed try; after the last one the channel gives up. */
  readonly retryDelaysMs: readonly number[];
  /** The ways in which this channel's notifies can be malformed on demand; none unless told. */
  readonly malformations?: readonly NotifyMalformation[];
  /** Signs afresh for every try: the time of sending is part of the content. */
  compose(
    job: Pick<NotifyJob, 'notifyId' | 'event' | 'outRefundNo' | 'tampered'>,
    trade: Trade,
    overrides?: NotifyOverrides,
  ): Promise<NotifyMessage | undefined>;
  /** Whether the merchant has confirmed. */
  isAccepted(delivery: Pick<Delivery, 'status' | 'answer'>): boolean;
  newNotifyId(now: number): string;
}
