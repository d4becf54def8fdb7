import { CHAIN_START, type EntryProblem, type StandingEntry, sealOfRow } from '#libs/chain';
import type { wallet } from '#libs/contracts';
import type { StandingAccount, StandingTransfer } from './book-reader.js';
import type { Found } from './found.js';

/** What an account's row must say of its newest entry. */
export function judgeAccount(account: StandingAccount): Found | undefined {
  const { posted, held, floor, version, link, lastSeq, newest, anchor } = account;
  const problems: wallet.LedgerProblem[] = [];
  const details: string[] = [];
  const blame = (problem: wallet.LedgerProblem, detail: string) => {
    problems.push(problem);
    details.push(detail);
  };
  if (version !== lastSeq) blame('version_differs', `its version is ${version}, its newest entry ${lastSeq}`);
  // Which entry a wrong version points at means nothing.
  const before = version === 0 ? { balance: 0n, link: CHAIN_START } : newest;
  if (before && version === lastSeq) {
    if (posted !== before.balance)
      blame('balance_differs', `it has ${posted}, its newest entry left ${before.balance}`);
    if (!link.equals(before.link)) blame('link_differs', "its link is not its newest entry's");
  }
  if (held < 0n || (floor !== null && posted - held < floor))
    blame('under_floor', `${posted} less ${held} held is under ${floor}`);
  if (anchor && anchor.seq > version)
    blame('history_rewritten', `it stands at ${version} and was verified up to ${anchor.seq}`);
  if (problems.length === 0) return undefined;
  return {
    place: 'account',
    accountId: account.id,
    account: account.code,
    seq: version,
    transferId: null,
    problems,
    detail: `Account ${account.code}: ${details.join('; ')}`,
    // Relative, so that the same damage under an account that lives on is the same finding.
    facts: [posted - (before?.balance ?? 0n), version - lastSeq, link.equals(before?.link ?? link), problems],
    concerns: [account.id],
  };
}

/** The seals that entries may have been linked with: as it stands and, where a byte has changed, as it should. */
export function sealsOf(transfer: StandingTransfer | undefined): readonly Buffer[] {
  if (!transfer) return [CHAIN_START];
  const computed = sealOfRow(transfer);
  return computed.equals(transfer.seal) ? [computed] : [transfer.seal, computed];
}

export function judgeTransfer(
  transfer: StandingTransfer,
  seals: readonly Buffer[],
  entries: readonly StandingEntry[],
): Found | undefined {
  const problems: wallet.LedgerProblem[] = [];
  // Holds are sub-accounts: no transfer resolves another.
  if (seals.length > 1 || transfer.resolves_id !== null) problems.push('seal_broken');
  const sum = entries.reduce((total, { amount }) => total + amount, 0n);
  if (sum !== 0n) problems.push('sum_not_zero');
  if (transfer.status === 'posted' ? entries.length < 2 : entries.length > 0)
    problems.push('entries_unexpected');
  if (problems.length === 0) return undefined;
  return {
    place: 'transfer',
    accountId: null,
    account: null,
    seq: null,
    transferId: transfer.id,
    problems,
    detail: `Transfer ${transfer.id} (${transfer.scope}/${transfer.idempotency_key}, ${transfer.status}): ${problems.join(', ')}; ${entries.length} entries sum to ${sum}`,
    facts: [
      sealOfRow(transfer).toString('hex'),
      transfer.seal.toString('hex'),
      transfer.resolves_id,
      entries.map(({ accountId, seq, amount }) => [accountId, seq, amount]),
    ],
    concerns: [...new Set(entries.map(({ accountId }) => accountId))],
  };
}

/** A transfer that was announced and is not in the book. */
export function missingTransfer(transferId: string, entries: readonly StandingEntry[]): Found {
  return {
    place: 'transfer',
    accountId: null,
    account: null,
    seq: null,
    transferId,
    problems: ['transfer_missing'],
    detail: `Transfer ${transferId} was announced and is not in the book`,
    facts: ['missing'],
    concerns: [...new Set(entries.map(({ accountId }) => accountId))],
  };
}

const SAYS: Readonly<Record<EntryProblem | 'history_rewritten', string>> = {
  entries_missing: 'the entry before it is missing',
  balance_does_not_run: 'its balance is not the one before plus its amount',
  link_broken: 'its link is not the hash of what it says',
  history_rewritten: 'it was verified with another link before',
};

export function wrongEntry(
  account: Pick<StandingAccount, 'id' | 'code'>,
  entry: StandingEntry,
  problems: readonly (EntryProblem | 'history_rewritten')[],
): Found {
  const { seq, transferId, amount, balanceAfter, link } = entry;
  return {
    place: 'entry',
    accountId: account.id,
    account: account.code,
    seq,
    transferId,
    problems,
    detail: `Entry ${seq} of ${account.code} (transfer ${transferId}): ${problems.map((problem) => SAYS[problem]).join('; ')}`,
    facts: [seq, transferId, amount, balanceAfter, link.toString('hex')],
    concerns: [account.id],
  };
}

/** Nothing stands where an account's last entries should be. */
export function missingEnd(
  account: Pick<StandingAccount, 'id' | 'code'>,
  seq: number,
  untilSeq: number,
): Found {
  return {
    place: 'entry',
    accountId: account.id,
    account: account.code,
    seq,
    transferId: null,
    problems: ['entries_missing'],
    detail: `Entries ${seq} to ${untilSeq} of ${account.code} are missing`,
    facts: ['missing', seq],
    concerns: [account.id],
  };
}

export function unbalancedBook(sum: bigint): Found {
  return {
    place: 'book',
    accountId: null,
    account: null,
    seq: null,
    transferId: null,
    problems: ['book_not_zero'],
    detail: `All balances together are ${sum} and not 0`,
    facts: [sum],
    concerns: [],
  };
}
