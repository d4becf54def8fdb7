import { wallet } from '#libs/contracts';
import { someId } from './people.js';
import type { PlainService } from './plain-service.js';

const NOW = new Date('2026-11-21T08:30:00.000Z');

export const anAdjustment = (more: Partial<wallet.Adjustment> = {}): wallet.Adjustment => ({
  id: someId(),
  purpose: 'bonus',
  state: 'EXPIRED',
  account: 'merchant_bonus',
  ownerId: someId(),
  part: null,
  amount: 30_000_000n,
  reason: 'for the autumn',
  requestedBy: someId(),
  requestedAt: NOW,
  decidedBy: someId(),
  decidedAt: NOW,
  rejection: null,
  transferId: someId(),
  refusal: null,
  settledAt: NOW,
  expiresAt: NOW,
  expiredAmount: 12_345n,
  attachment: { fileName: 'letter.pdf', contentType: 'application/pdf', size: 24, sha256: 'ab'.repeat(32) },
  ...more,
});

const settlement: wallet.Settlement = {
  id: someId(),
  state: 'POSTED',
  channel: 'alipay',
  direction: 'payout',
  amount: 100_000_000n,
  fee: 0n,
  bankReference: 'B-1',
  valueDate: '2026-11-20',
  recordedBy: someId(),
  recordedAt: NOW,
  transferId: someId(),
  refusal: null,
};

const finding: wallet.CheckerFinding = {
  id: someId(),
  place: 'entry',
  foundBy: 'commit',
  problems: ['link_broken'],
  detail: 'Entry 2 of merchant_cash:7',
  account: 'merchant_cash:7',
  seq: 2,
  transferId: someId(),
  frozenAccounts: ['merchant_cash:7'],
  foundAt: NOW,
  state: 'OPEN',
  settledBy: null,
  settledAt: null,
  reason: null,
  unfrozenAt: null,
};

/** The wallet's answers to operators, every field filled. */
export function answerOperatorsOfTheLedger(service: PlainService): PlainService {
  const page = <Item>(item: Item) => ({ items: [item], nextCursor: null });
  return service
    .answer(wallet.requestAdjustment, async () => anAdjustment({ state: 'REQUESTED', attachment: null }))
    .answer(wallet.listAdjustments, async () => page(anAdjustment()))
    .answer(wallet.getAdjustment, async () => anAdjustment())
    .answer(wallet.getAttachment, async () => ({
      fileName: 'letter.pdf',
      contentType: 'application/pdf' as const,
      content: Buffer.from('%PDF-1.7'),
    }))
    .answer(wallet.approveAdjustment, async () => anAdjustment())
    .answer(wallet.rejectAdjustment, async () => anAdjustment({ state: 'REJECTED', rejection: 'no' }))
    .answer(wallet.recordSettlement, async () => settlement)
    .answer(wallet.listSettlements, async () => page(settlement))
    .answer(wallet.getBook, async () => ({
      takenAt: NOW,
      classes: [{ kind: 'merchant_cash', side: 'credit' as const, accounts: 2, posted: 80_000_000n }],
      total: 0n,
      boundary: [
        {
          kind: 'alipay_clearing',
          posted: -79_400_000n,
          flows: [{ kind: 'recharge' as const, cameIn: 99_400_000n, wentOut: 0n }],
          entriesBehind: 1,
        },
      ],
    }))
    .answer(wallet.getCheckerState, async () => ({
      commits: { checkedTransfers: 12, lagSeconds: 0.25 },
      replay: {
        pass: 3,
        phase: 'accounts' as const,
        startedAt: NOW,
        checkedEntries: 7,
        checkedTransfers: 0,
        perSecond: 2_000,
        lastPass: { startedAt: NOW, finishedAt: NOW, entries: 24, transfers: 12 },
      },
      openFindings: 1,
      findings: page(finding),
    }))
    .answer(wallet.settleFinding, async () => ({
      ...finding,
      state: 'SETTLED' as const,
      settledBy: someId(),
      settledAt: NOW,
      reason: 'restored',
      unfrozenAt: NOW,
    }));
}

const SETTLEMENT = { channel: 'alipay', direction: 'payout', amount: '100.00' };

/** One good call of each of their routes; asking for an adjustment has a spec of its own. */
export const CALLS_OF_BOOKKEEPERS: readonly (readonly [route: `${string} /${string}`, body?: object])[] = [
  ['GET /v1/admin/ledger/adjustments?state=REQUESTED'],
  ['GET /v1/admin/ledger/adjustments/7'],
  ['GET /v1/admin/ledger/adjustments/7/attachment'],
  ['POST /v1/admin/ledger/adjustments/7/approve'],
  ['POST /v1/admin/ledger/adjustments/7/reject', { reason: 'of another year' }],
  ['POST /v1/admin/ledger/settlements', { ...SETTLEMENT, bankReference: 'b-1', valueDate: '2026-11-20' }],
  ['GET /v1/admin/ledger/settlements?channel=alipay'],
  ['GET /v1/admin/ledger/book'],
  ['GET /v1/admin/ledger/checker?state=OPEN'],
  ['POST /v1/admin/ledger/findings/7/settle', { reason: 'restored', unfreeze: true }],
];
