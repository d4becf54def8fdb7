import type { Schemas } from '../../api/client';
import type { Dictionary } from '../../i18n/en';
import type { Tone } from '../../ui/tag';

type Withdrawal = Schemas['Withdrawal'];
type WithdrawalState = Withdrawal['state'];
type EventKind = Schemas['WithdrawalEvent']['kind'];
type Next = keyof Dictionary['withdrawal']['next'];

export const WITHDRAWAL_STATES = [
  'REQUESTED',
  'IN_REVIEW',
  'APPROVED',
  'PAYING',
  'PAID',
  'REFUSED',
  'REJECTED',
  'CANCELLED',
  'FAILED',
  'RETURNED',
] as const satisfies readonly WithdrawalState[];

const TONES: Readonly<Record<WithdrawalState, Tone>> = {
  REQUESTED: 'waiting',
  IN_REVIEW: 'waiting',
  APPROVED: 'waiting',
  PAYING: 'waiting',
  PAID: 'good',
  REFUSED: 'bad',
  REJECTED: 'bad',
  CANCELLED: 'plain',
  FAILED: 'bad',
  RETURNED: 'bad',
};

const ENDS = {
  PAID: 'paid',
  REFUSED: 'refused',
  REJECTED: 'rejected',
  CANCELLED: 'cancelled',
  FAILED: 'failed',
  RETURNED: 'returned',
} as const satisfies Partial<Record<WithdrawalState, Next>>;

export const toneOf = (state: WithdrawalState): Tone => TONES[state];

/** Whether it can still change without anybody asking for anything. */
export const isUnderWay = (state: WithdrawalState): boolean => TONES[state] === 'waiting';

/** What happens next, or what has become of it. */
export function nextOf({
  state,
  method,
  confirmation,
  problem,
}: Pick<Withdrawal, 'state' | 'method' | 'confirmation' | 'problem'>): Next {
  if (state === 'REQUESTED') return 'holding';
  if (state === 'IN_REVIEW') return 'review';
  if (state === 'APPROVED') return method === 'bank' ? 'bankFile' : 'sending';
  if (state !== 'PAYING') return ENDS[state];
  if (confirmation !== null) return 'confirm';
  if (problem === 'SHORT_OF_FUNDS') return 'delayed';
  return method === 'bank' ? 'atBank' : 'atChannel';
}

const GOOD = new Set<EventKind>(['paid', 'booked']);
const BAD = new Set<EventKind>(['refused', 'rejected', 'failed', 'returned']);

export function colourOf(kind: EventKind): string {
  if (BAD.has(kind)) return 'var(--seal)';
  if (GOOD.has(kind)) return 'var(--jade)';
  return kind === 'awaits-payee' ? 'var(--amber)' : 'var(--ink-faint)';
}
