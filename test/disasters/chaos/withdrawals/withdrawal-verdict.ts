import type { withdrawal } from '#libs/contracts';
import { parseYuan } from '#libs/money';
import type { SandboxTransfer } from '#libs/testing';
import type { Fault, Outcomes } from '../verdict.js';
import type { BankPayment } from './bank.js';
import { MICROS_PER_FEN, type Owner } from './owners.js';
import type { OurWithdrawal } from './withdrawal-book.js';
import type { Wish } from './withdrawers.js';

/** Hundredths of a percent: of no round percentage, so that both have to be rounded. */
export const FEE_BPS = 63n;
export const TAX_BPS = 317n;

export interface Balances {
  readonly pending: bigint;
  readonly available: bigint;
  readonly withdrawing: bigint;
}

export interface WithdrawalEvidence {
  readonly withdrawals: readonly OurWithdrawal[];
  readonly wishes: readonly Wish[];
  readonly contradictions: readonly string[];
  readonly transfers: readonly SandboxTransfer[];
  readonly bankPayments: readonly BankPayment[];
  readonly balances: ReadonlyMap<Owner, Balances>;
}

type State = withdrawal.WithdrawalState;
/** What the payer knows: a channel's word or the bank's, or that nobody was ever asked. */
type Truth = SandboxTransfer['status'] | 'none';

/** In what state a withdrawal has to be when channel or bank has ended so. */
const STATES_OF: Readonly<Record<Truth, readonly State[]>> = {
  SUCCEEDED: ['PAID'],
  // FAILED when it had come back before anybody knew that it had arrived.
  RETURNED: ['RETURNED', 'FAILED'],
  FAILED: ['FAILED'],
  CANCELLED: ['CANCELLED'],
  // Nobody has taken it, and it may be taken for weeks.
  AWAITS_PAYEE: ['PAYING'],
  none: ['REFUSED', 'REJECTED', 'CANCELLED', 'FAILED'],
  PROCESSING: [],
  TRANSFERRING: [],
  CANCELLING: [],
};

/** Holds what the platform believes of its withdrawals against wishes, channels and bank. Pure. */
export function judgeWithdrawals(evidence: WithdrawalEvidence): Fault[] {
  const { withdrawals, wishes, transfers, bankPayments } = evidence;
  const wishOf = new Map(wishes.map((wish) => [`${wish.owner.id} ${wish.key}`, wish]));
  const known = new Set(withdrawals.map(({ id }) => id));
  const paid = [
    ...transfers.map(({ outTransferNo }) => outTransferNo),
    ...bankPayments.map(({ withdrawalId }) => withdrawalId),
  ];
  const faults = [
    ...evidence.contradictions,
    ...paid.filter((id) => !known.has(id)).map((id) => `a payout ${id} is of no withdrawal`),
    ...paid.filter((id, index) => paid.indexOf(id) < index).map((id) => `withdrawal ${id} was sent twice`),
    ...wishes
      .filter(({ withdrawalId }) => withdrawalId !== null && !known.has(withdrawalId))
      .map(({ key, withdrawalId }) => `${key} made withdrawal ${withdrawalId}, which is not there`),
    ...wishes
      .filter(({ plan, refusal }) => refusal !== null && refusal !== refusalOf(plan))
      .map(({ key, refusal }) => `${key} was refused with ${refusal}`),
    ...judgeOwners(evidence),
  ];
  return [
    ...faults.map((what) => ({ orderId: null, what })),
    ...withdrawals.flatMap((row) =>
      judgeWithdrawal(row, wishOf.get(`${row.ownerId} ${row.key}`), evidence).map((what) => ({
        orderId: null,
        withdrawalId: row.id,
        what: `it is ${row.state} (${row.problem}): ${what}`,
      })),
    ),
  ];
}

function judgeWithdrawal(row: OurWithdrawal, wish: Wish | undefined, evidence: WithdrawalEvidence): string[] {
  if (!wish) return ['nobody has asked for it'];
  const faults: string[] = [];
  if (row.amount !== wish.amount) faults.push(`it is over ${row.amount}, not ${wish.amount}`);
  if (wish.withdrawalId !== null && wish.withdrawalId !== row.id)
    faults.push(`its owner was told that it is ${wish.withdrawalId}`);
  if (wish.withdrawalId === null && row.state !== 'REFUSED')
    faults.push(`its owner was told ${wish.refusal}`);
  const { status, sent } = truthOf(row, evidence);
  if (!STATES_OF[status].includes(row.state)) faults.push(`of the payout it is known: ${status}`);
  if (!endsOf(wish).includes(row.state)) faults.push(`that is not what was made of it`);
  if (sent === null) {
    // What Alipay refuses leaves nothing behind.
    if (row.state === 'FAILED' && wish.plan.payee !== 'alipayInAnotherName') faults.push('nobody was asked');
    return faults;
  }
  if (parseYuan(sent.amount) !== netOf(wish.amount)) faults.push(`${sent.amount} yuan were sent`);
  const { number } = wish.owner.payees[wish.plan.payee];
  if (sent.payee !== number) faults.push(`it went to ${sent.payee}, not to ${number}`);
  return faults;
}

const refusalOf = ({ asking }: Wish['plan']): string =>
  asking === 'beyondTheLimit' ? 'AMOUNT_OUT_OF_RANGE' : 'INSUFFICIENT_FUNDS';

/** How it may have ended, by what was done about it. */
function endsOf({ plan }: Wish): State[] {
  const { asking, decision, cancelling, payee, trouble, inProcessFails, bankOutcome, confirms } = plan;
  const ends: State[] = ['REFUSED'];
  if (asking === 'tooMuch') return ends;
  if (cancelling === 'beforeTheDecision') return [...ends, 'CANCELLED'];
  if (cancelling !== 'never') ends.push('CANCELLED');
  if (decision === 'reject' || decision === 'disagree') ends.push('REJECTED');
  if (decision === 'reject') return ends;
  if (payee === 'bank') return [...ends, bankOutcome];
  if (payee === 'alipayInAnotherName' || payee === 'wechatOfNobody') return [...ends, 'FAILED'];
  // The trouble may have ended before it could strike.
  ends.push('PAID');
  if (payee === 'wechat' && !confirms) ends.push('PAYING');
  if (trouble === 'transferFails' || (trouble === 'transferInProcess' && inProcessFails)) ends.push('FAILED');
  if (trouble === 'transferReturned' || trouble === 'returnedLater') ends.push('RETURNED', 'FAILED');
  return ends;
}

interface KnownPayout {
  readonly status: Truth;
  /** What was sent, in yuan, and to which number; null when nobody was asked. */
  readonly sent: { readonly amount: string; readonly payee: string } | null;
}

function truthOf(
  { id }: OurWithdrawal,
  { transfers, bankPayments }: Pick<WithdrawalEvidence, 'transfers' | 'bankPayments'>,
): KnownPayout {
  const transfer = transfers.find(({ outTransferNo }) => outTransferNo === id);
  if (transfer) {
    const { status, amount, payeeAccount: payee } = transfer;
    return { status, sent: { amount, payee } };
  }
  const payment = bankPayments.find(({ withdrawalId }) => withdrawalId === id);
  if (!payment) return { status: 'none', sent: null };
  const status = payment.outcome === 'PAID' ? 'SUCCEEDED' : payment.outcome;
  return { status, sent: { amount: payment.amount, payee: payment.cardNumber } };
}

/** What was earned is available, on its way, or with the payee: by the payers' word, not by ours. */
function judgeOwners(evidence: WithdrawalEvidence): string[] {
  const faults: string[] = [];
  for (const [owner, { pending, available, withdrawing }] of evidence.balances) {
    const own = evidence.withdrawals.filter(({ ownerId }) => ownerId === owner.id);
    const sumWhere = (status: Truth) =>
      own
        .filter((row) => truthOf(row, evidence).status === status)
        .reduce((sum, { amount }) => sum + amount, 0n);
    const [paid, waiting] = [sumWhere('SUCCEEDED'), sumWhere('AWAITS_PAYEE')];
    if (pending !== 0n) faults.push(`owner ${owner.id}: ${pending} are still pending`);
    if (withdrawing !== waiting)
      faults.push(`owner ${owner.id}: ${withdrawing} are held, and ${waiting} wait for their payee`);
    if (available + withdrawing + paid !== owner.earned)
      faults.push(
        `owner ${owner.id}: ${available} available + ${withdrawing} withdrawing + ${paid} paid are not the ${owner.earned} earned`,
      );
  }
  return faults;
}

function netOf(amount: bigint): bigint {
  const part = (bps: bigint) => ((amount / MICROS_PER_FEN) * bps + 5_000n) / 10_000n;
  return amount - (part(FEE_BPS) + part(TAX_BPS)) * MICROS_PER_FEN;
}

/** Counts for the summary. */
export function outcomesOfWithdrawals(withdrawals: readonly OurWithdrawal[]): Outcomes {
  const counts: Record<string, number> = {};
  for (const { state } of withdrawals) {
    const what =
      state === 'PAYING' ? 'withdrawals waiting for their payee' : `withdrawals ${state.toLowerCase()}`;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}
