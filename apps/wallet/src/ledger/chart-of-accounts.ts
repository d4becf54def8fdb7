/**
 * The chart of accounts. Amounts are signed from the owners' side: a credit is positive, a debit negative, so a
 * transfer's entries sum to zero and so does the whole book. A liability (what the platform owes an owner) stands
 * positive; an asset (what a channel or a bank owes the platform) stands negative.
 */
export type AccountSide = 'debit' | 'credit';

const MAX_ID = 2n ** 63n - 1n;

export interface SystemAccount {
  readonly id: bigint;
  readonly code: string;
  readonly kind: string;
  readonly side: AccountSide;
}

function systemAccount(number: bigint, kind: string, side: AccountSide): SystemAccount {
  // Every transfer locks its accounts in ascending id. The platform's own accounts take part in nearly all of them, so
  // they get the highest ids there are: locked last, held shortest.
  return { id: MAX_ID - number, code: `system:${kind}`, kind, side };
}

/** What the channel has collected for us and not yet paid out to our bank. */
export const ALIPAY_CLEARING = systemAccount(1n, 'alipay_clearing', 'debit');
export const WECHAT_CLEARING = systemAccount(2n, 'wechat_clearing', 'debit');
/** What the channels keep of each payment: a cost of ours, since the merchant is credited in full. */
export const CHANNEL_FEE = systemAccount(3n, 'channel_fee', 'debit');

export const SYSTEM_ACCOUNTS: readonly SystemAccount[] = [ALIPAY_CLEARING, WECHAT_CLEARING, CHANNEL_FEE];

/** The kinds of account that owners have; opened when first needed. */
export const OWNER_ACCOUNTS = {
  merchant_cash: { side: 'credit', floorAmount: 0n },
} as const satisfies Record<string, { side: AccountSide; floorAmount: bigint | null }>;

export type OwnerAccountKind = keyof typeof OWNER_ACCOUNTS;

/** Names one account: one of the platform's own, or a kind and its owner. */
export type AccountRef =
  { readonly system: SystemAccount } | { readonly kind: OwnerAccountKind; readonly ownerId: string };

export function codeOf(account: AccountRef): string {
  return 'system' in account ? account.system.code : `${account.kind}:${account.ownerId}`;
}
