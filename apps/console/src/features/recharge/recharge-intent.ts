/** What somebody wants to do, as far as it tells one order from another. */
export interface RechargeIntent {
  readonly accountId: string;
  readonly amount: string;
  readonly channel: string;
  readonly method: string;
  readonly offerId?: string;
}

type IntentStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const STORAGE_KEY = 'clearbid.recharge-intent';

interface Kept {
  readonly of: string;
  readonly key: string;
}

/**
 * The idempotency key of a recharge that somebody is trying to make. It stays the same for a double click, for
 * another try after a time-out and even after the page was loaded anew, so that none of them makes a second order;
 * another amount, channel or method is another intent.
 */
export class RechargeIntents {
  constructor(
    private readonly storage: IntentStorage,
    private readonly newKey: () => string,
  ) {}

  keyOf(intent: RechargeIntent): string {
    const of = JSON.stringify([
      intent.accountId,
      intent.amount,
      intent.channel,
      intent.method,
      intent.offerId,
    ]);
    const kept = this.kept();
    if (kept?.of === of) return kept.key;
    const key = this.newKey();
    this.storage.setItem(STORAGE_KEY, JSON.stringify({ of, key } satisfies Kept));
    return key;
  }

  /** The order exists: the next one like it is a new one. */
  fulfilled(): void {
    this.storage.removeItem(STORAGE_KEY);
  }

  private kept(): Kept | null {
    try {
      return JSON.parse(this.storage.getItem(STORAGE_KEY) ?? 'null') as Kept | null;
    } catch {
      return null;
    }
  }
}
