import { z } from 'zod';
import { rpc } from '../contract.js';
import { id, instant, nothing } from '../fields.js';

/** How money leaves: by a channel's transfer, or by a file that the bank is given. */
export const payoutMethod = z.enum(['alipay', 'wechat', 'bank']);
export type PayoutMethod = z.output<typeof payoutMethod>;

/** Where an owner's money goes. The number is never told again in full. */
export const payoutAccount = z.object({
  id,
  method: payoutMethod,
  /** The last digits or characters only: `•••• 6789`, `li•••@example.com`. */
  maskedNumber: z.string(),
  /** The first character is hidden as well as all but the last: `•小`. */
  maskedName: z.string(),
  /** Of a bank card. */
  bankName: z.string().nullable(),
  createdAt: instant,
  /** A new account can't be paid to before this: whoever has stolen a session has to wait. */
  usableFrom: instant,
});
export type PayoutAccount = z.output<typeof payoutAccount>;

const holderName = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{M}·.' -]{2,50}$/u, 'must be a name of 2 to 50 letters');

/** Adds one; the same number of the same method again gives the account that is there. */
export const addPayoutAccount = rpc('withdrawal.add-payout-account', {
  request: z.object({
    ownerId: id,
    method: payoutMethod,
    /** Alipay: email, mobile number or user id; WeChat Pay: openid; bank: card number. Checked by method in the service. */
    number: z.string().trim().min(4).max(100),
    holderName,
    bankName: z.string().trim().min(2).max(60).optional(),
  }),
  response: payoutAccount,
  errors: ['VALIDATION_FAILED', 'PAYEE_NAME_DIFFERS', 'TOO_MANY_PAYOUT_ACCOUNTS'],
});

export const listPayoutAccounts = rpc('withdrawal.list-payout-accounts', {
  request: z.object({ ownerId: id }),
  response: z.object({ items: z.array(payoutAccount) }),
});

/** What is under way to it goes on. */
export const removePayoutAccount = rpc('withdrawal.remove-payout-account', {
  request: z.object({ ownerId: id, payoutAccountId: id }),
  response: nothing,
  errors: ['PAYOUT_ACCOUNT_NOT_FOUND'],
});
