import { describe, expect, it } from '@jest/globals';
import {
  ORDER_TABLES,
  allShards,
  archiveTableNames,
  geneOfMerchant,
  shardOfGene,
  shardOfId,
  shardOfMerchant,
  tableNames,
} from './gene.js';

const MERCHANTS = 100_000;

/** How many ids fall to each table, in percent of the even share. */
function percentOfEven(merchantIds: readonly string[]): number[] {
  const counts = Array.from({ length: ORDER_TABLES }, () => 0);
  for (const id of merchantIds) counts[shardOfMerchant(id)]! += 1;
  return counts.map((count) => (count * 100 * ORDER_TABLES) / merchantIds.length);
}

describe('the gene of a merchant', () => {
  /** `printf %s 42 | sha256sum`, first byte modulo 64. A change here would look for every order in a wrong table. */
  it.each([
    ['1', 43],
    ['2', 20],
    ['7', 57],
    ['42', 51],
    ['1000', 0],
    ['2234974312857666561', 12],
    ['2234974313377672191', 2],
    ['merchant', 30],
  ])('of %s is %i for ever', (merchantId, gene) => {
    expect(geneOfMerchant(merchantId)).toBe(gene);
  });

  it('leads from the merchant to the same table as from an id', () => {
    expect(shardOfMerchant('2234974312857666561')).toBe(shardOfGene(12));
    // That id itself carries gene 1, whatever the gene of the merchant who bears it.
    expect(shardOfId('2234974312857666561')).toBe(1);
  });
});

describe('the four tables', () => {
  it.each<[string, (index: number) => string]>([
    ['that count upwards', (index) => String(index + 1)],
    ['as they come from one node, a few a second', (index) => String(snowflake(index * 397, 5, index % 16))],
    ['as they come from four nodes at once', (index) => String(snowflake(index >> 2, index % 4, index % 7))],
  ])('share 100,000 merchants with ids %s within 2 % of even', (_words, idOf) => {
    const percent = percentOfEven(Array.from({ length: MERCHANTS }, (_, index) => idOf(index)));
    expect(percent).toHaveLength(4);
    expect(Math.min(...percent)).toBeGreaterThan(98);
    expect(Math.max(...percent)).toBeLessThan(102);
  });

  it('have names of their own', () => {
    expect(allShards.map((shard) => tableNames(shard).orders)).toEqual([
      'orders_0',
      'orders_1',
      'orders_2',
      'orders_3',
    ]);
    expect(tableNames(2)).toEqual({
      orders: 'orders_2',
      orderDetails: 'order_details_2',
      attempts: 'attempts_2',
      refunds: 'refunds_2',
      orderEvents: 'order_events_2',
      webhooks: 'webhooks_2',
      webhookDeliveries: 'webhook_deliveries_2',
      offerUses: 'offer_uses_2',
      billLines: 'bill_lines_2',
    });
  });

  it('and no archive has the name of a live one', () => {
    for (const shard of allShards) {
      const live = new Set(Object.values(tableNames(shard)));
      for (const name of Object.values(archiveTableNames(shard))) expect(live.has(name)).toBe(false);
      expect(Object.keys(archiveTableNames(shard)).every((part) => part in tableNames(shard))).toBe(true);
    }
  });
});

describe('growing to more tables', () => {
  const genes = Array.from({ length: 64 }, (_, gene) => gene);

  it.each([8, 16, 32, 64])('to %i moves an order only to a table that splits off its own', (tables) => {
    for (const gene of genes) expect(shardOfGene(gene, tables) % ORDER_TABLES).toBe(shardOfGene(gene));
  });

  it.each([8, 16, 32, 64])('to %i uses all of them', (tables) => {
    expect(new Set(genes.map((gene) => shardOfGene(gene, tables))).size).toBe(tables);
  });
});

/** An id of `libs/ids` laid out by hand, so that the merchants of this test are the same ones every day. */
function snowflake(elapsedMs: number, node: number, sequence: number): bigint {
  const atMs = BigInt(Date.UTC(2026, 10, 20) - Date.UTC(2010, 0, 1) + elapsedMs);
  return (atMs << 22n) | BigInt((node << 16) | ((elapsedMs % 64) << 10) | sequence);
}
