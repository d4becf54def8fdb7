import { payment, wallet } from '#libs/contracts';
import { someId } from './people.js';
import type { PlainService } from './plain-service.js';

const NOW = new Date('2026-11-20T08:30:00.000Z');

export const anEntry = (more: Partial<wallet.WalletEntry> = {}): wallet.WalletEntry => ({
  account: 'merchant_cash',
  seq: 1,
  transferId: someId(),
  kind: 'recharge',
  amount: 50_000_000n,
  balanceAfter: 50_000_001n,
  reference: someId(),
  createdAt: NOW,
  ...more,
});

/** The wallet's answers about statements, every field filled; entries and transfers are up to the test. */
export function answerStatements(service: PlainService): PlainService {
  return service
    .answer(wallet.listParts, async () => ({
      items: [{ part: '2026-11-20', posted: 7n, held: 1n, available: 6n, version: 3 }],
      nextCursor: '77',
    }))
    .answer(wallet.getBalanceAt, async () => ({ balance: 50_000_001n, entries: 1 }))
    .answer(wallet.summarizeStatement, async () => ({
      opening: 1n,
      closing: 50_000_001n,
      credits: 50_000_000n,
      debits: 0n,
      firstSeq: 1,
      lastSeq: 1,
    }))
    .answer(wallet.getTransfer, async ({ transferId, ownerId }) => ({
      id: transferId,
      kind: 'refund' as const,
      reference: '8',
      cause: wallet.causeOf('refund', '8'),
      createdAt: NOW,
      entries: [{ ownerId, account: 'refund_in_transit', part: '9', seq: 1, amount: -1n, balanceAfter: 0n }],
    }));
}

/** Every refund is of recharge 7. */
export const answerRefundOrders = (service: PlainService): PlainService =>
  service.answer(payment.findRefundOrders, async ({ refundIds }) => ({
    items: refundIds.map((refundId) => ({ refundId, rechargeId: '7' })),
  }));

const A_DAY = 'from=2026-11-20T00:00:00.000Z&to=2026-11-21T00:00:00.000Z';

/** One good call of each of their routes. */
export const CALLS_OF_WALLET_OWNERS: readonly (readonly [route: `${string} /${string}`])[] = [
  [`GET /v1/wallet/entries?kind=recharge&${A_DAY}`],
  ['GET /v1/wallet/parts?account=traffic_pending'],
  ['GET /v1/wallet/balance?at=2026-11-20T00:00:00.000Z'],
  [`GET /v1/wallet/statement?${A_DAY}`],
  [`GET /v1/wallet/statement.csv?${A_DAY}`],
  ['GET /v1/wallet/transfers/6'],
];
