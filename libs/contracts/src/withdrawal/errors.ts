import type { ErrorMeaning } from '../error-meaning.js';

export const withdrawalErrors = {
  WITHDRAWAL_NOT_FOUND: { status: 404, title: 'There is no such withdrawal' },
  WITHDRAWAL_NOT_CANCELLABLE: { status: 409, title: 'This withdrawal can no longer be cancelled' },
  WITHDRAWAL_NOT_IN_REVIEW: { status: 409, title: 'This withdrawal is not waiting for a decision' },
  WITHDRAWAL_LIMIT: { status: 409, title: 'That is more than may be withdrawn now' },
  OWN_WITHDRAWAL: { status: 403, title: 'Nobody decides about a withdrawal of their own' },
  RISK_NOTE_NEEDED: { status: 409, title: 'This withdrawal is held for its risk: say why it is all right' },
  PAYOUT_ACCOUNT_NOT_FOUND: { status: 404, title: 'There is no such payout account' },
  PAYOUT_ACCOUNT_COOLING_DOWN: { status: 409, title: 'This payout account is too new to be paid to' },
  PAYEE_NAME_DIFFERS: { status: 409, title: 'All payout accounts must be in the same name' },
  TOO_MANY_PAYOUT_ACCOUNTS: { status: 409, title: 'There are as many payout accounts as there may be' },
  BANK_BATCH_NOT_FOUND: { status: 404, title: 'There is no such bank file' },
  BANK_RESULTS_INVALID: { status: 400, title: "The bank's results can't be used" },
  NOTHING_TO_PAY: { status: 409, title: 'No approved payout waits for the bank' },
} as const satisfies Record<string, ErrorMeaning>;
