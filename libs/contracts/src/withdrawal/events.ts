import { z } from 'zod';
import { event } from '../contract.js';
import { id, micros } from '../fields.js';
import { payoutMethod } from './payout-account.js';
import { withdrawalState } from './withdrawal.js';

/**
 * A withdrawal has ended: the wallet takes what it holds for it (PAID), or gives it back to what is available (RELEASED).
 * Through the outbox, and sent again until `transfer.posted` with the withdrawal's id as reference comes back.
 */
export const withdrawalSettled = event(
  'withdrawal.settled',
  z.object({
    withdrawalId: id,
    ownerId: id,
    outcome: z.enum(['PAID', 'RELEASED']),
    /** amount = fee + tax + what the payee gets. */
    amount: micros,
    fee: micros,
    tax: micros,
    method: payoutMethod,
  }),
);

/**
 * Money that was paid out came back, hours or days later. The owner never had it, so all of it is available again, fee and
 * tax too. Through the outbox; booked once per withdrawal.
 */
export const withdrawalReturned = event(
  'withdrawal.returned',
  z.object({ withdrawalId: id, ownerId: id, amount: micros, fee: micros, tax: micros, method: payoutMethod }),
);

/** A hint for open pages that a withdrawal looks different now. Not in the outbox: losing one loses nothing. */
export const withdrawalChanged = event(
  'withdrawal.changed',
  z.object({ withdrawalId: id, ownerId: id, state: withdrawalState }),
);
