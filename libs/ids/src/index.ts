/** Ids that are unique over all replicas: what they are made of, who may issue them, and how. */
export {
  IdGenerator,
  type IdGeneratorOptions,
  IdRefusedError,
  type NodeGrant,
  type NodeGrants,
} from './id-generator.js';
export { EPOCH_MS, GENES, type IdParts, NODES, decodeId, encodeId, geneOf } from './id-layout.js';
export { leaseIdGenerator } from './lease-id-generator.js';
export { type LeaseDatabase, NODE_LEASE_TABLE_SQL, NodeLease, type NodeLeaseOptions } from './node-lease.js';
