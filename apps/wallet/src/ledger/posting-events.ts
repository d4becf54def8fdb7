import { type PayloadOf, wallet } from '#libs/contracts';
import type { OutgoingEvent } from '#libs/outbox';
import type { Posting } from './evaluate-batch.js';

const VISIBLE: ReadonlySet<string> = new Set(wallet.walletAccountKind.options);

/** The row of the outbox that every posted transfer has. */
export function transferPostedOf(
  { transferId, request, entries }: Posting,
  postedAt: Date,
): OutgoingEvent<PayloadOf<typeof wallet.transferPosted>> {
  return {
    aggregateId: transferId,
    headers: request.headers,
    isRecordOnly: wallet.KINDS_TOLD_TOGETHER.has(request.kind),
    payload: {
      transferId,
      kind: request.kind,
      reference: request.reference,
      postedAt,
      entries: entries.map(({ ownerId, account, seq, amount, balanceAfter }) => ({
        ownerId,
        account,
        seq,
        amount,
        balanceAfter,
      })),
    },
  };
}

/** Whom spends concern, each owner and each of the accounts that owners see once. */
export function spendsPostedOf(
  postings: readonly Posting[],
  postedAt: Date,
): PayloadOf<typeof wallet.spendsPosted> {
  const owners = new Map<string, Set<wallet.WalletAccountKind>>();
  for (const { ownerId, account } of postings.flatMap(({ entries }) => entries)) {
    if (ownerId === null || !isVisible(account)) continue;
    const accounts = owners.get(ownerId);
    if (accounts) accounts.add(account);
    else owners.set(ownerId, new Set([account]));
  }
  return {
    postedAt,
    owners: [...owners].map(([ownerId, accounts]) => ({ ownerId, accounts: [...accounts] })),
  };
}

function isVisible(account: string): account is wallet.WalletAccountKind {
  return VISIBLE.has(account);
}
