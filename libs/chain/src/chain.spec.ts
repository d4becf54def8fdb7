import { describe, expect, it } from '@jest/globals';
import { CHAIN_START, type ChainedEntry, linkOf } from './entry-link.js';
import { type SealedTransfer, sealOf, sealedTime } from './transfer-seal.js';

const TRANSFER: SealedTransfer = {
  id: '2235353569651862532',
  scope: 'recharge',
  idempotencyKey: '101',
  requestHash: Buffer.alloc(32, 7),
  kind: 'recharge',
  status: 'posted',
  resultCode: null,
  reference: '101',
  externalId: 'alipay:1',
  createdAt: '2026-11-21 10:00:00.123000',
};
const ENTRY: ChainedEntry = {
  accountId: '7',
  seq: 1,
  transferId: TRANSFER.id,
  amount: -50_000_000n,
  balanceAfter: 9_000_000_000_000_000_000n,
};

describe('a link', () => {
  const link = linkOf(CHAIN_START, ENTRY, sealOf(TRANSFER));

  it('is the same for the same entry', () => {
    expect(linkOf(Buffer.alloc(32), { ...ENTRY }, sealOf({ ...TRANSFER }))).toEqual(link);
    expect(link).toHaveLength(32);
  });

  it.each<Partial<ChainedEntry>>([
    { accountId: '8' },
    { seq: 2 },
    { transferId: '2235353569651862533' },
    { amount: 50_000_000n },
    { balanceAfter: 9_000_000_000_000_000_001n },
  ])('is another with %o', (change) => {
    expect(linkOf(CHAIN_START, { ...ENTRY, ...change }, sealOf(TRANSFER)).equals(link)).toBe(false);
  });

  it('is another after another one', () => {
    expect(linkOf(link, ENTRY, sealOf(TRANSFER)).equals(link)).toBe(false);
  });
});

describe('a seal', () => {
  it.each<Partial<SealedTransfer>>([
    { id: '1' },
    { scope: 'unowned' },
    { idempotencyKey: '102' },
    { requestHash: Buffer.alloc(32, 8) },
    { kind: 'refund' },
    { status: 'rejected' },
    { resultCode: 'INSUFFICIENT_FUNDS' },
    { reference: '102' },
    { externalId: null },
    { createdAt: '2026-11-21 10:00:00.124000' },
    // The same characters, cut otherwise.
    { scope: 'recharge1', idempotencyKey: '01' },
  ])('is another with %o', (change) => {
    expect(sealOf({ ...TRANSFER, ...change }).equals(sealOf(TRANSFER))).toBe(false);
  });

  it('has the time as the database writes it', () => {
    expect(sealedTime(new Date('2026-11-21T10:00:00.123Z'))).toBe('2026-11-21 10:00:00.123000');
  });
});
