import { z } from 'zod';
import { rpc } from '../contract.js';
import { id, micros } from '../fields.js';

export const earningsOfDay = z.object({
  /** In Beijing. */
  day: z.iso.date(),
  earned: micros,
  /** What of it is still pending; zero once it has matured. */
  pending: micros,
  /** The day on which it becomes available. */
  maturesOn: z.iso.date(),
});

/** What a traffic owner has earned, and how much of it can be withdrawn. */
export const getEarnings = rpc('wallet.get-earnings', {
  request: z.object({ ownerId: id, from: z.iso.date(), to: z.iso.date() }),
  response: z.object({
    pending: micros,
    available: micros,
    withdrawing: micros,
    /** Oldest first; days without earnings are left out. */
    days: z.array(earningsOfDay),
  }),
  errors: ['VALIDATION_FAILED'],
});

/**
 * Sets a withdrawal's money aside: from what is available into an account of its own. Asked again with the same withdrawal
 * it gives the same answer, also when that was a refusal.
 */
export const holdWithdrawal = rpc('wallet.hold-withdrawal', {
  request: z.object({ withdrawalId: id, ownerId: id, amount: micros.refine((value) => value > 0n) }),
  response: z.object({ transferId: id }),
  errors: ['INSUFFICIENT_FUNDS', 'ACCOUNT_FROZEN', 'TRANSFER_KEY_CONFLICT', 'WALLET_BUSY'],
});
