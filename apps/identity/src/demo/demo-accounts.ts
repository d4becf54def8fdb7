import type { identity } from '#libs/contracts';
import type { RoleName } from '../roles/roles.repository.js';

/** Everybody may know it: these accounts exist only where nothing is real. */
export const DEMO_PASSWORD = 'Demo-pass-1';

export interface DemoAccount {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly kind: identity.AccountKind;
  readonly role: RoleName;
}

/**
 * Ids of a day long ago, so that the same account has the same id everywhere and no generator makes it again
 * (the upper 41 bits are milliseconds since 2010).
 */
const LONG_AGO = BigInt(Date.UTC(2025, 0, 1) - Date.UTC(2010, 0, 1)) << 22n;

/** Room for the named ones below the numbered ones. */
const FIRST_NUMBERED = 1_000n;

export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  named(1n, 'merchant', 'Demo Merchant', 'merchant', 'merchant'),
  named(2n, 'traffic', 'Demo Traffic Owner', 'traffic_owner', 'traffic_owner'),
  named(3n, 'operator', 'Demo Operator', 'operator', 'operator'),
  named(4n, 'auditor', 'Demo Auditor', 'operator', 'auditor'),
];

/** `merchant1@load.test`, `merchant2@load.test` …, for load tests. */
export function loadMerchant(number: number): DemoAccount {
  return {
    id: idOf(FIRST_NUMBERED + BigInt(number)),
    email: `merchant${number}@load.test`,
    displayName: `Load Merchant ${number}`,
    kind: 'merchant',
    role: 'merchant',
  };
}

function named(
  number: bigint,
  name: string,
  displayName: string,
  kind: identity.AccountKind,
  role: RoleName,
): DemoAccount {
  return { id: idOf(number), email: `${name}@demo.test`, displayName, kind, role };
}

function idOf(number: bigint): string {
  return (LONG_AGO + number).toString();
}
