import { walkAccounts } from './account-walk.js';
import type { Invariant } from './invariant.js';
import { walkTransfers } from './transfer-walk.js';

/** What was written stands as it was written: a single changed byte is found, and named. */
export const CHAIN_INVARIANTS: readonly Invariant[] = [
  {
    name: 'transfers are as they were sealed',
    rule: 'nothing that a transfer says has changed since it was decided',
    findOffenders: async (books) => (await walkTransfers(books)).seal,
  },
  {
    name: 'entries are chained',
    rule: "each entry's link is the hash of the link before it, of the entry, and of its transfer's seal; an account has its newest",
    findOffenders: async (books) => (await walkAccounts(books)).chain,
  },
];
