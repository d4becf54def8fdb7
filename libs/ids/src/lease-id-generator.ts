import { IdGenerator } from './id-generator.js';
import { type LeaseDatabase, NodeLease } from './node-lease.js';

/** A generator with a node number of its own. `release` gives the number back; without it, it is free after 30 s. */
export async function leaseIdGenerator(
  database: LeaseDatabase,
  onError: (error: unknown) => void,
): Promise<{ ids: IdGenerator; release: () => Promise<void> }> {
  const lease: NodeLease = new NodeLease({ database, lastIssuedMs: () => ids.lastIssuedMs, onError });
  const ids = new IdGenerator({ grants: lease });
  await lease.acquire();
  return { ids, release: () => lease.release() };
}
