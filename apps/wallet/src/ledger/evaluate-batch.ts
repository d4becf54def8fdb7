import type { AccountState } from './account-state.js';
import { type AccountRef, codeOf } from './chart-of-accounts.js';
import type { Leg, PostedEntry, RejectionCode, TransferRequest } from './transfer.js';

export interface NumberedRequest {
  readonly transferId: string;
  readonly request: TransferRequest;
}

export interface EvaluatedEntry extends PostedEntry {
  readonly accountId: string;
}

export interface Posting {
  readonly transferId: string;
  readonly request: TransferRequest;
  readonly entries: readonly EvaluatedEntry[];
}

export interface Rejection {
  readonly transferId: string;
  readonly request: TransferRequest;
  readonly code: RejectionCode;
}

export interface Evaluation {
  readonly postings: readonly Posting[];
  readonly rejections: readonly Rejection[];
  /** The accounts that changed, as they stand after the last posting. */
  readonly changed: readonly AccountState[];
}

const MAX_AMOUNT = 2n ** 63n - 1n;
const fits = (amount: bigint): boolean => amount <= MAX_AMOUNT && amount >= -MAX_AMOUNT;

/**
 * Decides a batch of transfers in the order of their arrival, each on the balances that the ones before it left.
 * Pure: what is locked goes in, what is to be written comes out.
 *
 * @param locked every account of the batch, by code.
 */
export function evaluateBatch(
  batch: readonly NumberedRequest[],
  locked: ReadonlyMap<string, AccountState>,
): Evaluation {
  const accounts = new Map(locked);
  const postings: Posting[] = [];
  const rejections: Rejection[] = [];
  const changed = new Set<string>();

  for (const { transferId, request } of batch) {
    const legs = withoutShortfall(request.legs, accounts);
    const code = reasonToReject(legs, accounts, request.settlesHold ?? false);
    if (code !== undefined) {
      rejections.push({ transferId, request, code });
      continue;
    }
    const entries = legs.map((leg) => {
      const accountCode = codeOf(leg.account);
      const after = applied(accountOf(accounts, accountCode), leg.amount);
      accounts.set(accountCode, after);
      changed.add(accountCode);
      return {
        accountId: after.id,
        ownerId: after.ownerId,
        account: after.kind,
        seq: after.version,
        amount: leg.amount,
        balanceAfter: after.posted,
      };
    });
    postings.push({ transferId, request, entries });
  }
  return { postings, rejections, changed: [...changed].map((code) => accountOf(accounts, code)) };
}

function accountOf(accounts: ReadonlyMap<string, AccountState>, code: string): AccountState {
  const account = accounts.get(code);
  if (!account) throw new Error(`Account ${code} was not locked for this batch`);
  return account;
}

function applied(account: AccountState, amount: bigint): AccountState {
  return { ...account, posted: account.posted + amount, version: account.version + 1 };
}

/** What a balancing debit can't take from its own account is taken from the one that it names. */
function withoutShortfall(legs: readonly Leg[], accounts: ReadonlyMap<string, AccountState>): readonly Leg[] {
  if (legs.every(({ shortfallFrom }) => shortfallFrom === undefined)) return legs;
  const moved = new Map(legs.map(({ account, amount }) => [codeOf(account), { account, amount }]));
  const add = (account: AccountRef, amount: bigint) => {
    const before = moved.get(codeOf(account))?.amount ?? 0n;
    moved.set(codeOf(account), { account, amount: before + amount });
  };
  for (const { account, amount, shortfallFrom } of legs) {
    if (shortfallFrom === undefined) continue;
    const { posted, held, floor } = accountOf(accounts, codeOf(account));
    const there = posted - held - (floor ?? posted - held + amount);
    const missing = -amount - (there > 0n ? there : 0n);
    if (missing <= 0n) continue;
    add(account, missing);
    add(shortfallFrom, -missing);
  }
  return [...moved.values()].filter(({ amount }) => amount !== 0n);
}

/** Undefined when every leg may be applied. Only what takes money away can be refused for want of it. */
function reasonToReject(
  legs: readonly Leg[],
  accounts: ReadonlyMap<string, AccountState>,
  settlesHold: boolean,
): RejectionCode | undefined {
  if (legs.length === 0) return 'NOTHING_TO_MOVE';
  for (const leg of legs) {
    const account = accountOf(accounts, codeOf(leg.account));
    const after = account.posted + leg.amount;
    // From one end to the other is further than either end.
    if (!fits(after) || !fits(leg.amount)) return 'BALANCE_OUT_OF_RANGE';
    if (leg.amount > 0n) continue;
    if (account.frozen && !settlesHold) return 'ACCOUNT_FROZEN';
    if (account.floor !== null && after - account.held < account.floor) return 'INSUFFICIENT_FUNDS';
  }
  return undefined;
}
