import { IdGenerator } from './id-generator.js';
import { type LeaseDatabase, NodeLease } from './node-lease.js';

/**
 * A generator with a node number of its own. `release` gives the number back; without it, it is free after 30 s.
 *
 * @param database whose schema has the table of `NODE_LEASE_TABLE_SQL`.
 * @param onError told of renewals that failed; see `NodeLeaseOptions`.
 * @throws Error when all 64 numbers are taken, or our clock is behind the ids of all that are free.
 */
export async function leaseIdGenerator(
  database: LeaseDatabase,
  onError: (error: unknown) => void,
): Promise<{ ids: IdGenerator; release: () => Promise<void> }> {
  // The two know each other: the generator asks for the right, the lease for how far it was used.
  const lease: NodeLease = new NodeLease({ database, lastIssuedMs: () => ids.lastIssuedMs, onError });
  const ids = new IdGenerator({ grants: lease });
  await lease.acquire();
  return { ids, release: () => lease.release() };
}
