import { hash } from 'node:crypto';

/** Where every account's chain begins. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

export interface ChainedEntry {
  readonly accountId: string;
  /** From 1, without a gap. */
  readonly seq: number;
  readonly transferId: string;
  /** Micro-yuan, signed. */
  readonly amount: bigint;
  readonly balanceAfter: bigint;
}

/**
 * The link of an entry: SHA-256 over the link before it, everything in the entry, and its transfer's seal. Whoever changes
 * one byte of an old entry would have to change every later link of its account too, up to the one in the account itself
 * (hash chain: Haber and Stornetta, "How to Time-Stamp a Digital Document", 1991).
 */
export function linkOf(previous: Buffer, entry: ChainedEntry, seal: Buffer): Buffer {
  const facts = Buffer.allocUnsafe(104);
  previous.copy(facts, 0);
  facts.writeBigInt64BE(BigInt(entry.accountId), 32);
  facts.writeBigInt64BE(BigInt(entry.seq), 40);
  facts.writeBigInt64BE(BigInt(entry.transferId), 48);
  facts.writeBigInt64BE(entry.amount, 56);
  facts.writeBigInt64BE(entry.balanceAfter, 64);
  seal.copy(facts, 72);
  return hash('sha256', facts, 'buffer');
}
