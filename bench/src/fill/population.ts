import { EPOCH_MS, GENES } from '#libs/ids';
import { type Shard, allShards, geneOfMerchant, shardOfGene } from '#libs/orders';

export interface FillMerchant {
  readonly id: string;
  readonly gene: number;
}

/** Ids as identity gives them: of the spring before the oldest order. */
const FIRST_MERCHANT = BigInt(Date.UTC(2026, 3, 1) - EPOCH_MS) << 22n;

/** The n-th merchant of a filled database, the same in every run. */
export function fillMerchant(n: number): FillMerchant {
  const id = (FIRST_MERCHANT + (BigInt(n) << 22n) + BigInt(n % GENES) * 1_024n).toString();
  return { id, gene: geneOfMerchant(id) };
}

/** The merchants of a shard, and how many of all orders are theirs. */
export interface ShardPopulation {
  readonly shard: Shard;
  readonly orders: number;
  /** A merchant for a random number in [0, 1): few have most of the orders (the n-th about 1/n^0.8 of the first's). */
  readonly pick: (random: number) => FillMerchant;
}

export function populate(orders: number, merchants: number): ShardPopulation[] {
  const byShard = new Map(
    allShards.map((shard) => [shard, { merchants: [] as FillMerchant[], sums: [] as number[] }]),
  );
  let total = 0;
  for (let n = 0; n < merchants; n += 1) {
    const merchant = fillMerchant(n);
    const group = byShard.get(shardOfGene(merchant.gene));
    const weight = 1 / (n + 10) ** 0.8;
    total += weight;
    group?.merchants.push(merchant);
    group?.sums.push((group.sums.at(-1) ?? 0) + weight);
  }
  let left = orders;
  return allShards.map((shard, index) => {
    const { merchants: here, sums } = byShard.get(shard) ?? { merchants: [], sums: [] };
    const weight = sums.at(-1) ?? 0;
    const share = index === allShards.length - 1 ? left : Math.round((orders * weight) / total);
    left -= share;
    return { shard, orders: share, pick: (random) => at(here, sums, random * weight) };
  });
}

function at(merchants: readonly FillMerchant[], sums: readonly number[], value: number): FillMerchant {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  const found = merchants[low];
  if (!found) throw new Error('Too few merchants: a shard has none');
  return found;
}

/** Small, fast and the same everywhere (Marsaglia, xorshift32): a filled database can be filled again just so. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
