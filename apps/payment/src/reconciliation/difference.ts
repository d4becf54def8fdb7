import type { payment } from '#libs/contracts';

/** A difference as it is found, before anything has been done about it. */
export interface FoundDifference {
  readonly kind: payment.DifferenceKind;
  readonly subject: 'payment' | 'refund';
  /** With account, subject and kind it says which difference this is, however often it is found. */
  readonly number: string;
  readonly ourNumber: string | null;
  readonly channelNumber: string | null;
  readonly attemptId: string | null;
  readonly refundId: string | null;
  readonly orderId: string | null;
  readonly merchantId: string | null;
  /** The state of our attempt or refund. */
  readonly ourState: string | null;
  /** Micro-yuan. */
  readonly channelAmount: bigint | null;
  readonly ourAmount: bigint | null;
  readonly channelFee: bigint | null;
  readonly ourFee: bigint | null;
  /** For people. */
  readonly explanation: string;
  /** `REPAIR`: it may go away by itself, try at once. `CARRY`: it may be on another day's bill. */
  readonly next: 'REPAIR' | 'CARRY' | 'OPERATOR';
}

/** A difference as it stands. */
export interface StoredDifference extends Omit<FoundDifference, 'next'> {
  readonly id: string;
  readonly reconciliationId: string;
  readonly accountId: string;
  readonly channel: payment.ChannelName;
  readonly billDate: string;
  readonly state: payment.DifferenceState;
  readonly reason: string | null;
  readonly settledBy: string | null;
  readonly approvedBy: string | null;
  readonly settledAt: Date | null;
  readonly detectedAt: Date;
  readonly checkCount: number;
}

/** What a difference is until somebody or something settles it. */
export const UNSETTLED = ['CARRIED', 'OPEN'] as const satisfies readonly payment.DifferenceState[];
