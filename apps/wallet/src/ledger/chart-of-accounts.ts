import type { payment } from '#libs/contracts';

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

/** What bonuses cost us: granted with recharges, taken back with their refunds. */
export const PROMOTION = systemAccount(4n, 'promotion', 'debit');
/** Buyers' money that pays no order, until it is given back. */
export const SUSPENSE = systemAccount(5n, 'suspense', 'credit');
/** Differences with the channels that two operators have given up. */
export const WRITE_OFF = systemAccount(6n, 'write_off', 'debit');

export const SYSTEM_ACCOUNTS: readonly SystemAccount[] = [
  ALIPAY_CLEARING,
  WECHAT_CLEARING,
  CHANNEL_FEE,
  PROMOTION,
  SUSPENSE,
  WRITE_OFF,
];

/** What each channel owes us, by its name. */
export const CLEARING = { alipay: ALIPAY_CLEARING, wechat: WECHAT_CLEARING } as const satisfies Record<
  payment.ChannelName,
  SystemAccount
>;

/** The kinds of account that owners have; opened when first needed. */
export const OWNER_ACCOUNTS = {
  merchant_cash: { side: 'credit', floorAmount: 0n },
  /** Granted by offers: can be spent, and never withdrawn or refunded. */
  merchant_bonus: { side: 'credit', floorAmount: 0n },
  /** On its way back to the buyer, until the channel has decided. */
  refund_in_transit: { side: 'credit', floorAmount: 0n },
  /** The bonus that goes with it. */
  bonus_in_transit: { side: 'credit', floorAmount: 0n },
} as const satisfies Record<string, { side: AccountSide; floorAmount: bigint | null }>;

export type OwnerAccountKind = keyof typeof OWNER_ACCOUNTS;

/** Names one account: one of the platform's own, or a kind and its owner. */
export type AccountRef =
  { readonly system: SystemAccount } | { readonly kind: OwnerAccountKind; readonly ownerId: string };

export function codeOf(account: AccountRef): string {
  return 'system' in account ? account.system.code : `${account.kind}:${account.ownerId}`;
}
