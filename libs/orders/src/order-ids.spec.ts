import { beforeAll, describe, expect, it } from '@jest/globals';
import { IdGenerator, decodeId, geneOf } from '#libs/ids';
import { geneOfMerchant, shardOfGene, shardOfId, shardOfMerchant } from './gene.js';
import { OrderIds } from './order-ids.js';

const IDS = 1_000_000;
const NODES = 8;

/** The order ids of a replica that has this node number. */
function replica(node: number): OrderIds {
  const grant = { node, afterMs: 0, untilMs: Infinity };
  return new OrderIds(new IdGenerator({ grants: { current: () => grant } }));
}

describe('1,000,000 order ids from 8 nodes at once', () => {
  const merchants = Array.from({ length: 1_000 }, (_, index) =>
    String(2_234_974_312_857_666_561n + BigInt(index)),
  );
  const genes = merchants.map(geneOfMerchant);
  const ids = new BigInt64Array(IDS);
  let wrongGenes = 0;
  let wrongShards = 0;

  beforeAll(() => {
    // In turns within one process: every millisecond is shared by all eight, closer together than machines could be.
    const replicas = Array.from({ length: NODES }, (_, node) => replica(node));
    for (let index = 0; index < IDS; index += 1) {
      const merchant = index % merchants.length;
      const id = replicas[index % NODES]!.orderId(merchants[merchant]!);
      ids[index] = BigInt(id);
      if (geneOf(id) !== genes[merchant]) wrongGenes += 1;
      if (shardOfId(id) !== shardOfMerchant(merchants[merchant]!)) wrongShards += 1;
    }
    ids.sort();
  }, 120_000);

  it('are all different', () => {
    let repeated = 0;
    for (let index = 1; index < IDS; index += 1) if (ids[index] === ids[index - 1]) repeated += 1;
    expect(repeated).toBe(0);
  });

  it('have 19 digits and fit a signed BIGINT', () => {
    expect(String(ids[0])).toHaveLength(19);
    expect(String(ids.at(-1))).toHaveLength(19);
    expect(ids[0]).toBeGreaterThan(0n);
  });

  it('carry the gene of their merchant and lead to its table', () => {
    expect({ wrongGenes, wrongShards }).toEqual({ wrongGenes: 0, wrongShards: 0 });
  });
});

describe('an attempt', () => {
  it('is in the same table as its order, whichever replica opens it, today and after any growth', () => {
    for (const merchantId of ['1', '2', '7', '42', '1000', '2234974312857666561']) {
      const orderId = replica(1).orderId(merchantId);
      const attemptId = replica(2).attemptId(orderId);
      expect(attemptId).not.toBe(orderId);
      expect(shardOfId(attemptId)).toBe(shardOfMerchant(merchantId));
      for (const tables of [8, 16, 32, 64]) {
        expect(shardOfGene(geneOf(attemptId), tables)).toBe(shardOfGene(geneOfMerchant(merchantId), tables));
      }
    }
  });

  it('can be told apart by time and node from its order', () => {
    const orderId = replica(1).orderId('7');
    expect(decodeId(replica(2).attemptId(orderId))).toMatchObject({ node: 2, gene: geneOfMerchant('7') });
  });
});
