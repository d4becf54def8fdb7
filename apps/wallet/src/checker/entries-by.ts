import type { StandingEntry } from '#libs/chain';

/** Entries by their account or transfer, each group in the order in which they were. */
export function entriesBy(
  entries: readonly StandingEntry[],
  field: 'accountId' | 'transferId',
): ReadonlyMap<string, readonly StandingEntry[]> {
  const groups = new Map<string, StandingEntry[]>();
  for (const entry of entries) {
    const group = groups.get(entry[field]);
    if (group) group.push(entry);
    else groups.set(entry[field], [entry]);
  }
  return groups;
}
