import type { ErrorMeaning } from '../error-meaning.js';

export const walletErrors = {
  TRANSFER_KEY_CONFLICT: { status: 409, title: 'That transfer key was used for a different transfer' },
  INSUFFICIENT_FUNDS: { status: 409, title: 'The balance is too small' },
  ACCOUNT_FROZEN: { status: 409, title: 'This ledger account is frozen' },
  EXTERNAL_ID_TAKEN: { status: 409, title: 'That payment was already booked by another transfer' },
  BALANCE_OUT_OF_RANGE: { status: 409, title: 'The balance would no longer fit the ledger' },
  NOTHING_TO_MOVE: { status: 409, title: 'There is nothing left to move' },
  ADJUSTMENT_NOT_FOUND: { status: 404, title: 'There is no such adjustment' },
  ADJUSTMENT_DECIDED: { status: 409, title: 'Somebody has decided about this adjustment' },
  SETTLEMENT_EXISTS: { status: 409, title: 'That line of the bank was recorded before' },
  WALLET_BUSY: { status: 503, title: 'This wallet is busy: try again' },
} as const satisfies Record<string, ErrorMeaning>;
