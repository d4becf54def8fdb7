import type { ApiProblem } from '../../api/problem';

type IntentStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface WithdrawalIntent {
  readonly accountId: string;
  readonly amount: string;
  readonly payoutAccountId: string;
}

const STORAGE_KEY = 'clearbid.withdrawal-intent';
/** Refusals that come before the request is looked at: the same try goes on after them. */
const BEFORE_THE_REQUEST = new Set([401, 403, 408, 429]);

interface Kept {
  readonly of: string;
  readonly key: string;
}

/**
 * The idempotency key of a withdrawal that somebody is trying to make. It stays the same for a double click, for another try
 * after an answer that was lost, and even after the page was loaded anew, so that none of them takes the money twice.
 */
export class WithdrawalIntents {
  constructor(
    private readonly storage: IntentStorage,
    private readonly newKey: () => string,
  ) {}

  keyOf({ accountId, amount, payoutAccountId }: WithdrawalIntent): string {
    const of = JSON.stringify([accountId, amount, payoutAccountId]);
    const kept = this.kept();
    if (kept?.of === of) return kept.key;
    const key = this.newKey();
    this.storage.setItem(STORAGE_KEY, JSON.stringify({ of, key } satisfies Kept));
    return key;
  }

  /** The withdrawal exists: the next one like it is a new one. */
  fulfilled(): void {
    this.storage.removeItem(STORAGE_KEY);
  }

  /** A refusal stands under its key for ever, so another try needs another key; what is unknown needs the same. */
  failed({ status, outcomeUnknown }: Pick<ApiProblem, 'status' | 'outcomeUnknown'>): void {
    if (!outcomeUnknown && !BEFORE_THE_REQUEST.has(status)) this.fulfilled();
  }

  private kept(): Kept | null {
    try {
      return JSON.parse(this.storage.getItem(STORAGE_KEY) ?? 'null') as Kept | null;
    } catch {
      return null;
    }
  }
}
