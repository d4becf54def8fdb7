import type { ResponseOf, wallet } from '#libs/contracts';
import type { WalletView } from './wallet.endpoints.js';

/** A wallet as its owner sees it. */
export function walletViewOf({ accounts }: ResponseOf<typeof wallet.getWallet>): WalletView {
  return {
    currency: 'CNY',
    accounts: accounts.map(({ kind, posted, held, available, version }) => ({
      kind,
      balance: posted,
      held,
      available,
      lastSeq: version,
    })),
  };
}
