import { wallet, type PayloadOf } from '#libs/contracts';
import type { z } from 'zod';
import type { walletChanged } from './push-messages.js';

type WalletChange = z.output<typeof walletChanged>;

/**
 * What owners are told of spends: only which of their accounts have changed, since all of them have parts. Owners who are told
 * the same are told with one message.
 */
export function staleBySpends({
  owners,
}: PayloadOf<typeof wallet.spendsPosted>): { ownerIds: string[]; message: WalletChange }[] {
  const groups = new Map<string, { ownerIds: string[]; message: WalletChange }>();
  for (const { ownerId, accounts } of owners) {
    const stale = accounts.toSorted();
    const group = groups.get(stale.join());
    if (group) group.ownerIds.push(ownerId);
    else groups.set(stale.join(), { ownerIds: [ownerId], message: { accounts: [], entries: [], stale } });
  }
  return [...groups.values()];
}

/** The parts of a transfer that owners may see, each owner's own; the platform's accounts are nobody's business. */
export function walletChangesOf(
  transfer: PayloadOf<typeof wallet.transferPosted>,
): Map<string, WalletChange> {
  const { transferId, kind, reference, postedAt } = transfer;
  const changes = new Map<string, WalletChange>();
  for (const { ownerId, account: name, seq, amount, balanceAfter } of transfer.entries) {
    const account = wallet.walletAccountKind.safeParse(name);
    if (ownerId === null || !account.success) continue;
    const change = changes.get(ownerId) ?? { accounts: [], entries: [], stale: [] };
    if (wallet.PARTED_ACCOUNT_KINDS.has(account.data)) {
      // Number and balance of the entry are the part's; a page knows the kind only as a whole.
      changes.set(ownerId, { ...change, stale: [...new Set([...change.stale, account.data])] });
      continue;
    }
    changes.set(ownerId, {
      ...change,
      accounts: [
        ...change.accounts.filter((other) => other.kind !== account.data),
        { kind: account.data, balance: balanceAfter, lastSeq: seq },
      ],
      entries: [
        ...change.entries,
        {
          account: account.data,
          seq,
          transferId,
          kind,
          amount,
          balanceAfter,
          reference,
          createdAt: postedAt,
        },
      ],
    });
  }
  return changes;
}
