import type { identity, ResponseOf, wallet } from '#libs/contracts';
import type { WalletView } from './wallet.endpoints.js';

/** Every account that an owner of a kind has from the first day on; the first is the one that all others come from or go to. */
const ACCOUNTS_OF: Readonly<Record<identity.AccountKind, readonly wallet.WalletAccountKind[]>> = {
  merchant: ['merchant_cash'],
  traffic_owner: ['traffic_available', 'traffic_pending', 'traffic_withdrawing'],
  operator: [],
};

/** The account that is meant where none is named. */
export function mainAccountOf({ kind }: Pick<identity.Principal, 'kind'>): wallet.WalletAccountKind {
  return ACCOUNTS_OF[kind][0] ?? 'merchant_cash';
}

/**
 * A wallet as its owner sees it. The ledger opens an account with its first entry; until then the owner sees it
 * empty, and not missing.
 */
export function walletViewOf(
  { accounts }: ResponseOf<typeof wallet.getWallet>,
  { kind: ownerKind }: Pick<identity.Principal, 'kind'>,
): WalletView {
  const unopened = ACCOUNTS_OF[ownerKind].filter((kind) =>
    accounts.every((account) => account.kind !== kind),
  );
  return {
    currency: 'CNY',
    accounts: [
      ...accounts.map(({ kind, posted, held, available, version }) => ({
        kind,
        balance: posted,
        held,
        available,
        lastSeq: version,
      })),
      ...unopened.map((kind) => ({ kind, balance: 0n, held: 0n, available: 0n, lastSeq: 0 })),
    ],
  };
}
