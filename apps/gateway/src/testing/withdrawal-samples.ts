import { DomainError, wallet, withdrawal, type ResponseOf } from '#libs/contracts';
import type { ApiRequest } from './api-caller.js';
import { someId } from './people.js';
import type { PlainService } from './plain-service.js';

const NOW = new Date('2026-11-21T08:30:00.000Z');

const aWithdrawal = (more: Partial<withdrawal.Withdrawal> = {}): withdrawal.Withdrawal => ({
  id: someId(),
  ownerId: someId(),
  state: 'PAYING',
  method: 'wechat',
  payoutAccountId: someId(),
  maskedNumber: '•••• 6789',
  maskedName: '•明',
  amount: 100_000_000n,
  fee: 600_000n,
  tax: 3_000_000n,
  net: 96_400_000n,
  problem: 'SHORT_OF_FUNDS',
  problemMessage: 'Our account there has too little',
  rejection: null,
  confirmation: 'https://channel.test/confirm?package=1',
  canCancel: true,
  createdAt: NOW,
  updatedAt: NOW,
  paidAt: null,
  ...more,
});

const payoutAccount: withdrawal.PayoutAccount = {
  id: someId(),
  method: 'bank',
  maskedNumber: '•••• 6789',
  maskedName: '•明',
  bankName: 'Bank of Testing',
  createdAt: NOW,
  usableFrom: NOW,
};

const reviewItem = (): withdrawal.ReviewItem => ({
  withdrawal: aWithdrawal({ state: 'IN_REVIEW' }),
  riskFlags: ['FIRST_TO_THIS_ACCOUNT', 'LARGE'],
  approvalsNeeded: 2,
  approvals: [{ operatorId: someId(), at: NOW, note: 'Called the owner' }],
  history: { paidCount: 3, paidAmount: 300_000_000n, failedCount: 1, firstAt: NOW },
});

const bankBatch: withdrawal.BankBatch = {
  id: someId(),
  createdAt: NOW,
  createdBy: someId(),
  count: 2,
  net: 192_800_000n,
  paid: 1,
  failed: 0,
  open: 1,
};

/** What the bank's file holds: a byte order mark, and lines that end as RFC 4180 has it. */
export const BANK_FILE = '\u{feff}withdrawal_id,amount\r\n7,96.40\r\n';

const notFound = (id: string) => new DomainError('WITHDRAWAL_NOT_FOUND', `There is no withdrawal ${id}`);

/** What the wallet tells of earnings. */
export function answerEarnings(service: PlainService): PlainService {
  return service.answer(wallet.getEarnings, async () => ({
    pending: 12_345_678n,
    available: 500_000_000n,
    withdrawing: 100_000_000n,
    days: [{ day: '2026-11-20', earned: 12_345_678n, pending: 12_345_678n, maturesOn: '2026-11-27' }],
  }));
}

/** What operators are told with it, and owners are not. */
const EVENTS: ResponseOf<typeof withdrawal.getWithdrawal>['events'] = [
  {
    kind: 'approved',
    at: NOW,
    actorId: someId(),
    facts: { given: 1, needed: 2, note: 'Called the owner' },
  },
  { kind: 'sent', at: NOW, actorId: null, facts: { account: 'wechat-main' } },
  { kind: 'paid', at: NOW, actorId: null, facts: { reference: 'B-7' } },
];

/** The withdrawal service's answers, every field filled. */
export function answerWithdrawals(service: PlainService): PlainService {
  const page = <Item>(item: Item) => ({ items: [item], nextCursor: someId() });
  return service
    .answer(withdrawal.listPayoutAccounts, async () => ({ items: [payoutAccount] }))
    .answer(withdrawal.addPayoutAccount, async () => payoutAccount)
    .answer(withdrawal.removePayoutAccount, async () => ({}))
    .answer(withdrawal.quote, async ({ amount }) => ({
      amount,
      fee: 600_000n,
      tax: 3_000_000n,
      net: amount - 3_600_000n,
      limits: {
        minAmount: 10_000_000n,
        maxAmount: 50_000_000_000n,
        leftToday: 100_000_000_000n,
        leftThisMonth: 900_000_000_000n,
        countLeftToday: 3,
      },
    }))
    .answer(withdrawal.createWithdrawal, async () => aWithdrawal({ state: 'IN_REVIEW' }))
    .answer(withdrawal.listWithdrawals, async () => page(aWithdrawal({ paidAt: NOW })))
    .answer(withdrawal.getWithdrawal, async ({ withdrawalId }) => {
      if (withdrawalId === '404') throw notFound(withdrawalId);
      return {
        withdrawal: aWithdrawal({ id: withdrawalId }),
        events: EVENTS,
      };
    })
    .answer(withdrawal.cancelWithdrawal, async ({ withdrawalId }) => {
      if (withdrawalId === '409')
        throw new DomainError('WITHDRAWAL_NOT_CANCELLABLE', 'Withdrawal 409 is PAID');
      return aWithdrawal({ state: 'CANCELLED', canCancel: false });
    })
    .answer(withdrawal.listForReview, async () => page(reviewItem()))
    .answer(withdrawal.approveWithdrawal, async () => reviewItem())
    .answer(withdrawal.rejectWithdrawal, async () => reviewItem())
    .answer(withdrawal.approveMany, async ({ withdrawalIds }) => ({
      items: withdrawalIds.map((withdrawalId) => ({
        withdrawalId,
        refusal: withdrawalId === '7' ? null : { code: 'RISK_NOTE_NEEDED', message: 'Say why' },
      })),
    }))
    .answer(withdrawal.createBankBatch, async () => bankBatch)
    .answer(withdrawal.listBankBatches, async () => page(bankBatch))
    .answer(withdrawal.getBankFile, async () => ({ name: 'payouts-7.csv', csv: BANK_FILE }))
    .answer(withdrawal.importBankResults, async ({ csv }) => ({
      lines: csv.trim().split('\n').length - 1,
      changed: 1,
      known: 0,
    }))
    .answer(withdrawal.ping, async () => ({}));
}

type Call = readonly [route: `${string} /${string}`, request?: ApiRequest];

/** One good call of each route of traffic owners; those that want the password take its token beside this. */
export const CALLS_OF_TRAFFIC_OWNERS: readonly Call[] = [
  ['GET /v1/earnings?from=2026-11-01&to=2026-11-21'],
  ['GET /v1/payout-accounts'],
  [
    'POST /v1/payout-accounts',
    { body: { method: 'bank', number: '6222 0000 0000 0007', holderName: '李明', bankName: 'ICBC' } },
  ],
  ['DELETE /v1/payout-accounts/7'],
  ['GET /v1/withdrawals/quote?amount=100.00'],
  [
    'POST /v1/withdrawals',
    { headers: { 'idempotency-key': 'once' }, body: { amount: '100.00', payoutAccountId: '7' } },
  ],
  ['GET /v1/withdrawals'],
  ['GET /v1/withdrawals/7'],
  ['POST /v1/withdrawals/7/cancel'],
];

export const CALLS_OF_PAYERS: readonly Call[] = [
  ['GET /v1/admin/withdrawals?state=IN_REVIEW'],
  ['GET /v1/admin/withdrawals/7'],
  ['POST /v1/admin/withdrawals/7/approve', { body: { note: 'Called the owner' } }],
  ['POST /v1/admin/withdrawals/7/reject', { body: { reason: 'Not their name' } }],
  ['POST /v1/admin/withdrawals/approve', { body: { withdrawalIds: ['7', '8'] } }],
  ['POST /v1/admin/bank-batches'],
  ['GET /v1/admin/bank-batches'],
  ['GET /v1/admin/bank-batches/7/file'],
  [
    'POST /v1/admin/bank-batches/results',
    { body: 'withdrawal_id,amount\n7,96.40\n', headers: { 'content-type': 'text/csv' } },
  ],
];
