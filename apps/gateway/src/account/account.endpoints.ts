import { identity } from '#libs/contracts';
import { id, instant } from '../edge/wire-fields.js';
import { endpoint } from '../endpoint/endpoint.js';

export const account = identity.account.extend({ id, createdAt: instant }).meta({ id: 'Account' });

export const getMe = endpoint({
  permission: 'account:read',
  summary: 'This account with its roles and permissions',
  response: account,
  errors: identity.getAccount.errors,
});
