import { Ledger1763683200000 } from './1-ledger.js';
import { RefundsAndBonuses1763769600002 } from './2-refunds-and-bonuses.js';
import { EntryChain1764288000002 } from './3-entry-chain.js';
import { SubAccounts1764374400002 } from './4-sub-accounts.js';
import { StatementBlocks1764378000002 } from './5-statement-blocks.js';
import { Operators1764460800003 } from './6-operators.js';
import { Checker1764464400004 } from './7-checker.js';

/** In the order in which they run. */
export const WALLET_MIGRATIONS = [
  Ledger1763683200000,
  RefundsAndBonuses1763769600002,
  EntryChain1764288000002,
  SubAccounts1764374400002,
  StatementBlocks1764378000002,
  Operators1764460800003,
  Checker1764464400004,
];
