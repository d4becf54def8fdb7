import type { PayloadOf, payment } from '#libs/contracts';
import type { Headers } from '#libs/transport';
import { CHANNEL_FEE, CLEARING, WRITE_OFF } from '../ledger/chart-of-accounts.js';
import type { TransferRequest } from '../ledger/transfer.js';

/** The bill has the last word about a fee: it costs us `difference` more, and the channel owes us as much less. */
export function feeCorrection(
  corrected: PayloadOf<typeof payment.feeCorrected>,
  headers: Headers,
): TransferRequest {
  return {
    kind: 'fee_correction',
    scope: 'fee_correction',
    idempotencyKey: corrected.key,
    reference: corrected.subject,
    externalId: null,
    headers,
    legs: [
      { account: { system: CHANNEL_FEE }, amount: -corrected.difference },
      { account: { system: CLEARING[corrected.channel] }, amount: corrected.difference },
    ],
  };
}

/** What nobody can explain is taken out of what the channel is said to owe us, by two operators. */
export function writeOff(
  written: PayloadOf<typeof payment.differenceWrittenOff>,
  headers: Headers,
): TransferRequest {
  return {
    kind: 'write_off',
    scope: 'write_off',
    idempotencyKey: written.differenceId,
    reference: written.differenceId,
    externalId: null,
    headers,
    legs: [
      { account: { system: CLEARING[written.channel] }, amount: -written.amount },
      { account: { system: WRITE_OFF }, amount: written.amount },
    ],
  };
}
