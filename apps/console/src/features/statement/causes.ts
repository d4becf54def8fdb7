import type { Schemas } from '../../api/client';

type TransferCause = Schemas['TransferCause'];

/** The page of what caused an entry; null where it has none. */
export function pathOfCause({ type, id, orderId }: TransferCause): string | null {
  if (orderId !== null) return `/recharges/${orderId}`;
  return type === 'withdrawal' ? `/withdrawals/${id}` : null;
}

export const pathOfTransfer = (transferId: string): string => `/statement/transfers/${transferId}`;
