/** What makes a book tamper-evident: each entry's link hashes the one before it. */
export {
  CHAIN_BEGIN,
  type ChainPosition,
  ChainWalk,
  type EntryProblem,
  type StandingEntry,
} from './chain-walk.js';
export { CHAIN_START, type ChainedEntry, linkOf } from './entry-link.js';
export {
  SEALED_COLUMNS,
  type SealedRow,
  type SealedTransfer,
  sealOf,
  sealOfRow,
  sealedTime,
} from './transfer-seal.js';
