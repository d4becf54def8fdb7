import { withdrawal } from '#libs/contracts';
import { z } from 'zod';
import { id, instant } from '../edge/wire-fields.js';
import { endpoint } from '../endpoint/endpoint.js';

const { method, number, holderName, bankName } = withdrawal.addPayoutAccount.request.shape;

const payoutAccount = withdrawal.payoutAccount
  .extend({
    id,
    createdAt: instant,
    usableFrom: instant.meta({ description: 'Nothing is paid to a new account before this' }),
  })
  .meta({ id: 'PayoutAccount', description: 'The number is never told again in full' });

export const listPayoutAccounts = endpoint({
  permission: 'payout-account:manage',
  summary: 'Where your money can go',
  response: z.object({ items: z.array(payoutAccount) }).meta({ id: 'PayoutAccounts' }),
});

export const addPayoutAccount = endpoint({
  permission: 'payout-account:manage',
  stepUp: true,
  summary: 'Add an account that money can be paid to',
  description: 'The same number of the same method again gives the account that is there.',
  status: 201,
  body: {
    method,
    number: number.meta({
      description:
        'Alipay: email, mobile number or user id; WeChat Pay: openid; bank: card number. Kept encrypted.',
    }),
    holderName: holderName.meta({ description: 'The real name that the account is in' }),
    bankName,
  },
  response: payoutAccount,
  errors: withdrawal.addPayoutAccount.errors,
});

export const removePayoutAccount = endpoint({
  permission: 'payout-account:manage',
  summary: 'Remove a payout account; what is under way to it goes on',
  params: { id },
  errors: withdrawal.removePayoutAccount.errors,
});
