import type { identity, payment, wallet } from '#libs/contracts';

/** What the gateway answers, as it goes over the wire. */

/** A refusal, as the gateway words it. */
export interface Problem {
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

export interface SignedIn {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly account: Omit<identity.Account, 'createdAt'> & { readonly createdAt: string };
}

/** A recharge as the gateway shows it. */
export interface RechargeView {
  readonly id: string;
  readonly state: payment.OrderState;
  readonly amount: string;
  readonly refundedAmount: string;
  readonly refundingAmount: string;
  readonly channel: payment.ChannelName;
  readonly method: payment.PayMethod;
  readonly outTradeNo: string;
  readonly channelTradeNo: string | null;
  readonly payUrl: string | null;
  readonly codeUrl: string | null;
  readonly jsapiParameters: Readonly<Record<string, string>> | null;
  readonly paidLate: boolean;
  readonly inConflict: boolean;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly paidAt: string | null;
  readonly creditedAt: string | null;
  readonly closedAt: string | null;
}

export interface WalletView {
  readonly currency: 'CNY';
  readonly accounts: readonly {
    readonly kind: wallet.WalletAccountKind;
    readonly balance: string;
    readonly held: string;
    readonly available: string;
    readonly lastSeq: number;
  }[];
}

export interface EntryView {
  readonly account: wallet.WalletAccountKind;
  readonly seq: number;
  readonly transferId: string;
  readonly kind: wallet.TransferKind;
  readonly amount: string;
  readonly balanceAfter: string;
  readonly reference: string;
  readonly createdAt: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}
