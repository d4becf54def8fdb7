import type { TradeState } from '../trade/trade.js';
import type { NotifyOrder } from './notify-queue.js';

/** How the merchant hears of a payment. */
export const NOTIFY_MODES = ['normal', 'never', 'late', 'duplicate', 'tampered', 'outOfOrder'] as const;

export type NotifyMode = (typeof NOTIFY_MODES)[number];

/** A late notify comes after the merchant's first three queries (10, 20, 30 s); divided by the time scale. */
export const LATE_BY_MS = 45_000;
/** Long enough for the first copy to be answered as a rule, short enough not to be waited for. */
const COPY_AFTER_MS = 300;

export interface PlanInput {
  readonly mode: NotifyMode;
  /** The state that the payment has led to. */
  readonly event: TradeState;
  /** Before the first notify; unless told, a late one waits `LATE_BY_MS` and any other not at all. */
  readonly delayMs?: number;
  readonly timeScale: number;
  readonly newNotifyId: () => string;
}

/** The notifies that a payment causes in a mode; a pure function. */
export function planNotifies(input: PlanInput): NotifyOrder[] {
  const { mode, event } = input;
  const delayMs = input.delayMs ?? (mode === 'late' ? LATE_BY_MS / input.timeScale : 0);
  const first = { notifyId: input.newNotifyId(), event, delayMs };
  switch (mode) {
    case 'never':
      return [];
    case 'normal':
    case 'late':
      return [first];
    case 'tampered':
      return [{ ...first, tampered: true }];
    case 'duplicate':
      return [first, first, { ...first, delayMs: delayMs + COPY_AFTER_MS }];
    case 'outOfOrder':
      return [first, { notifyId: input.newNotifyId(), event: 'WAITING', delayMs: delayMs + COPY_AFTER_MS }];
  }
}
