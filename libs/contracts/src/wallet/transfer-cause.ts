import { z } from 'zod';
import { id } from '../fields.js';
import type { TransferKind } from './wallet.js';

export const causeType = z.enum([
  'order',
  'attempt',
  'refund',
  'fee',
  'difference',
  'settlement',
  'campaign',
  'day',
  'withdrawal',
  'bonus',
  'adjustment',
]);

/** What a transfer was made for. */
export const transferCause = z.object({
  type: causeType,
  /** The order's id, the refund's, the day …; of a spend, its campaign's. */
  id: z.string(),
  /** The order that it belongs to; null when there is none, or when only payment knows it. */
  orderId: id.nullable(),
});
export type TransferCause = z.output<typeof transferCause>;

const CAUSE_OF: Readonly<Record<TransferKind, TransferCause['type']>> = {
  recharge: 'order',
  refund_hold: 'refund',
  refund: 'refund',
  refund_release: 'refund',
  unowned: 'attempt',
  unowned_refund: 'refund',
  fee_correction: 'fee',
  write_off: 'difference',
  channel_settlement: 'settlement',
  budget_hold: 'campaign',
  spend: 'campaign',
  budget_release: 'campaign',
  maturity: 'day',
  withdraw: 'withdrawal',
  withdrawal_paid: 'withdrawal',
  withdrawal_released: 'withdrawal',
  withdrawal_returned: 'withdrawal',
  bonus: 'bonus',
  bonus_expiry: 'bonus',
  adjustment: 'adjustment',
};

/** @param reference of the transfer. An order leads to itself; which order a refund is of, payment knows. */
export function causeOf(kind: TransferKind, reference: string): TransferCause {
  const type = CAUSE_OF[kind];
  // A spend's reference is `<window>:<campaign>:<placement>`.
  const causeId = kind === 'spend' ? (reference.split(':')[1] ?? reference) : reference;
  const isOrder = type === 'order' && id.safeParse(reference).success;
  return { type, id: causeId, orderId: isOrder ? reference : null };
}
