/**
 * Runs work in one tab of this browser at a time.
 *
 * Web Locks do it properly, but exist only in secure contexts (https, localhost). On plain http a lease in
 * localStorage stands in: the last writer within the settling time wins, and a tab that died is waited for no longer
 * than its lease.
 */
export async function exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Typed as always there, but plain http has none.
  const locks = navigator.locks as LockManager | undefined;
  if (locks) return await locks.request(name, work);
  const release = await leaseOf(name);
  try {
    return await work();
  } finally {
    release();
  }
}

const LEASE_MS = 30_000;
const SETTLING_MS = 60;
const RETRY_MS = 120;

interface Lease {
  readonly owner: string;
  readonly untilMs: number;
}

async function leaseOf(name: string): Promise<() => void> {
  const owner = randomId();
  for (;;) {
    const held = readLease(name);
    if (held === null || held.untilMs < Date.now()) {
      localStorage.setItem(name, JSON.stringify({ owner, untilMs: Date.now() + LEASE_MS } satisfies Lease));
      await pause(SETTLING_MS);
      if (readLease(name)?.owner === owner) {
        return () => {
          if (readLease(name)?.owner === owner) localStorage.removeItem(name);
        };
      }
    }
    await pause(RETRY_MS);
  }
}

function readLease(name: string): Lease | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null') as Lease | null;
  } catch {
    return null;
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `crypto.randomUUID` is missing on plain http, where `getRandomValues` is not. */
export function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
