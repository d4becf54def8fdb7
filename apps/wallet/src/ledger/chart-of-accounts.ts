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

/** What channels have paid out to us, and what bank payouts are paid from. */
export const BANK = systemAccount(7n, 'bank', 'debit');
/** Our share of what ads earn. */
export const COMMISSION = systemAccount(8n, 'commission', 'credit');
/** What owners pay for a withdrawal. */
export const WITHDRAWAL_FEE = systemAccount(9n, 'withdrawal_fee', 'credit');
/** Withheld from withdrawals, and owed to the tax office. */
export const TAX_PAYABLE = systemAccount(10n, 'tax_payable', 'credit');

export const SYSTEM_ACCOUNTS: readonly SystemAccount[] = [
  ALIPAY_CLEARING,
  WECHAT_CLEARING,
  CHANNEL_FEE,
  PROMOTION,
  SUSPENSE,
  WRITE_OFF,
  BANK,
  COMMISSION,
  WITHDRAWAL_FEE,
  TAX_PAYABLE,
];

/** What each channel owes us, by its name. */
export const CLEARING = { alipay: ALIPAY_CLEARING, wechat: WECHAT_CLEARING } as const satisfies Record<
  payment.ChannelName,
  SystemAccount
>;

/**
 * The kinds of account that owners have; opened when first needed. Of a `parted` kind an owner has one for each part: a
 * campaign, a day, a withdrawal. Such a sub-account is how money is held (a two-phase transfer): what is put into it can be
 * taken whole, in parts, or given back, and never more than was held, by the floor that every account has.
 */
export const OWNER_ACCOUNTS = {
  merchant_cash: { side: 'credit', floorAmount: 0n, parted: false },
  /** Granted by offers: can be spent, and never withdrawn or refunded. */
  merchant_bonus: { side: 'credit', floorAmount: 0n, parted: false },
  /** On its way back to the buyer, until the channel has decided. */
  refund_in_transit: { side: 'credit', floorAmount: 0n, parted: false },
  /** The bonus that goes with it. */
  bonus_in_transit: { side: 'credit', floorAmount: 0n, parted: false },
  /** A campaign's budget: set aside when it starts, spent by its ads. The part is the campaign's id. */
  campaign_cash: { side: 'credit', floorAmount: 0n, parted: true },
  campaign_bonus: { side: 'credit', floorAmount: 0n, parted: true },
  /** Earned on a day, and not yet the owner's to withdraw. The part is the day in Beijing, `2026-11-21`. */
  traffic_pending: { side: 'credit', floorAmount: 0n, parted: true },
  /** Can be withdrawn. */
  traffic_available: { side: 'credit', floorAmount: 0n, parted: false },
  /** Held for a withdrawal until it is paid or given up. The part is the withdrawal's id. */
  traffic_withdrawing: { side: 'credit', floorAmount: 0n, parted: true },
} as const satisfies Record<string, { side: AccountSide; floorAmount: bigint | null; parted: boolean }>;

export type OwnerAccountKind = keyof typeof OWNER_ACCOUNTS;

type KindsOf<Parted extends boolean> = {
  [Kind in OwnerAccountKind]: (typeof OWNER_ACCOUNTS)[Kind]['parted'] extends Parted ? Kind : never;
}[OwnerAccountKind];

/** Names one account: one of the platform's own, a kind and its owner, or one part of that. */
export type AccountRef =
  | { readonly system: SystemAccount }
  | { readonly kind: KindsOf<false>; readonly ownerId: string; readonly part?: undefined }
  | { readonly kind: KindsOf<true>; readonly ownerId: string; readonly part: string };

export function codeOf(account: AccountRef): string {
  if ('system' in account) return account.system.code;
  const whole = `${account.kind}:${account.ownerId}`;
  return account.part === undefined ? whole : `${whole}:${account.part}`;
}
