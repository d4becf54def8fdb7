import { identity } from '#libs/contracts';

let lastId = 1_077_389_205_120_450_000n;

/** A different id at every call. */
export function someId(): string {
  lastId += 1n;
  return lastId.toString();
}

const MERCHANT_PERMISSIONS: identity.Permission[] = [
  'account:read',
  'session:read',
  'session:end',
  'wallet:read',
  'recharge:create',
  'recharge:read',
  'recharge:close',
  'refund:create',
  'webhook:manage',
];

export function aMerchant(more: Partial<identity.Principal> = {}): identity.Principal {
  return {
    accountId: someId(),
    kind: 'merchant',
    sessionId: someId(),
    permissions: MERCHANT_PERMISSIONS,
    ...more,
  };
}

export function aTrafficOwner(more: Partial<identity.Principal> = {}): identity.Principal {
  return aMerchant({
    kind: 'traffic_owner',
    permissions: [
      'account:read',
      'session:read',
      'session:end',
      'wallet:read',
      'earnings:read',
      'payout-account:manage',
      'withdrawal:create',
      'withdrawal:read',
    ],
    ...more,
  });
}

export function anOperator(more: Partial<identity.Principal> = {}): identity.Principal {
  return aMerchant({
    kind: 'operator',
    permissions: [
      'account:read',
      'session:read',
      'session:end',
      'payment-conflict:read',
      'dead-letter:read',
      'dead-letter:replay',
      'order:read-any',
      'refund:read-any',
      'payment-conflict:settle',
      'offer:read',
      'offer:manage',
      'channel:read',
      'channel:manage',
      'reconciliation:read',
      'reconciliation:run',
      'reconciliation:settle',
      'reconciliation:approve',
      'ledger:read',
      'ledger:settle',
      'adjustment:request',
      'adjustment:approve',
      'withdrawal:review',
      'withdrawal:approve',
      'payout:manage',
    ],
    ...more,
  });
}
