import { z } from 'zod';
import { id, instant } from '../fields.js';

export const accountKind = z.enum(['merchant', 'traffic_owner', 'operator']);
export type AccountKind = z.output<typeof accountKind>;

/** `resource:action`, given to roles. Every HTTP route declares the one it needs. */
export const permission = z.enum([
  'account:read',
  'session:read',
  'session:end',
  'wallet:read',
  'recharge:create',
  'recharge:read',
  'recharge:close',
  'refund:create',
  'webhook:manage',
  'order:read-any',
  'refund:read-any',
  'payment-conflict:read',
  'payment-conflict:settle',
  'offer:read',
  'offer:manage',
  'channel:read',
  'channel:manage',
  'reconciliation:read',
  'reconciliation:run',
  'reconciliation:settle',
  'reconciliation:approve',
  'dead-letter:read',
  'dead-letter:replay',
  'ledger:read',
  'ledger:settle',
  'adjustment:request',
  'adjustment:approve',
  'earnings:read',
  'payout-account:manage',
  'withdrawal:create',
  'withdrawal:read',
  'withdrawal:review',
  'withdrawal:approve',
  'payout:manage',
]);
export type Permission = z.output<typeof permission>;

export const account = z.object({
  id,
  email: z.string(),
  kind: accountKind,
  displayName: z.string(),
  createdAt: instant,
  roles: z.array(z.string()),
  permissions: z.array(permission),
});
export type Account = z.output<typeof account>;

/** Who is calling: what a session proves, and what every message between services carries in its headers. */
export const principal = z.object({
  accountId: id,
  kind: accountKind,
  sessionId: id,
  permissions: z.array(permission),
});
export type Principal = z.output<typeof principal>;

/** Where a sign-in came from, shown in the list of devices. */
export const device = z.object({ userAgent: z.string().max(400), address: z.string().max(64) });
export type Device = z.output<typeof device>;
