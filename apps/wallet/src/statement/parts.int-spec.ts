import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spanOf } from '#libs/calendar';
import { type identity, wallet } from '#libs/contracts';
import { runInContext } from '#libs/transport';
import { budgetHold } from '../campaign/budget-hold.recipe.js';
import { spendTransfer } from '../campaign/spend.recipe.js';
import { OWNER_ACCOUNTS } from '../ledger/chart-of-accounts.js';
import { plantAccount } from '../testing/plant-account.js';
import { newMerchant, recharge } from '../testing/requests.js';
import { type StatementReader, readStatements } from '../testing/statement-reader.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';

const YUAN = 1_000_000n;
let book: TestLedger;
let replica: LedgerReplica;
let reader: StatementReader;
let lastCampaign = 900;

beforeAll(async () => {
  book = await startTestLedger();
  replica = await book.replica();
  reader = readStatements(book.database);
}, 60_000);
afterAll(() => book.stop());

const newCampaign = (): string => String((lastCampaign += 1));

/** A merchant with 50 yuan, so much of it set aside for each campaign. */
async function merchantWithCampaigns(budgets: readonly bigint[]) {
  const merchantId = newMerchant();
  await replica.ledger.post(recharge({ merchant: merchantId }));
  const campaigns: string[] = [];
  for (const cash of budgets) {
    const campaignId = newCampaign();
    campaigns.push(campaignId);
    await replica.ledger.post(
      budgetHold({ key: `hold-${campaignId}`, merchantId, campaignId, cash, bonus: 0n }, {}),
    );
  }
  return { merchantId, campaigns };
}

async function spend(merchantId: string, campaignId: string, trafficOwnerId: string, day: string) {
  const window = { key: `${day}T08:${campaignId}:1`, merchantId, campaignId, trafficOwnerId, day };
  return replica.ledger.post(spendTransfer({ ...window, amount: YUAN, ownerShareBps: 7_000 }, {}));
}

const refused = (code: string) => expect.objectContaining({ code });
const someone = (accountId: string): identity.Principal => ({
  accountId,
  kind: 'merchant',
  sessionId: '1',
  permissions: ['wallet:read'],
});

it('Messages and ledger name the same kinds as parted', () => {
  const parted = Object.entries(OWNER_ACCOUNTS).filter(([, { parted: isParted }]) => isParted);
  expect([...wallet.PARTED_ACCOUNT_KINDS].sort()).toEqual(parted.map(([kind]) => kind).sort());
});

describe('kinds with parts', () => {
  it('are one row of the wallet each, whatever the number of parts', async () => {
    const { merchantId, campaigns } = await merchantWithCampaigns([20n * YUAN, 5n * YUAN, YUAN]);
    await spend(merchantId, campaigns[0] ?? '', newMerchant(), '2026-11-20');

    const { accounts } = await reader.controller.getWallet({ ownerId: merchantId });
    const row = (kind: string, posted: bigint, version: number) => ({
      kind,
      posted,
      held: 0n,
      available: posted,
      version,
    });
    // The bonus of a campaign is opened with its first spend, which takes bonus before cash.
    expect(accounts).toEqual([
      row('campaign_bonus', 0n, 0),
      row('campaign_cash', 25n * YUAN, 4),
      row('merchant_cash', 24n * YUAN, 4),
    ]);
  });

  it('are listed part by part, the latest first, and have a statement each', async () => {
    const { merchantId, campaigns } = await merchantWithCampaigns([3n * YUAN, 2n * YUAN, YUAN]);
    const list = { ownerId: merchantId, account: 'campaign_cash', limit: 2 } as const;
    const first = await reader.controller.listParts(list);
    const second = await reader.controller.listParts({ ...list, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ part, posted }) => [part, posted])).toEqual(
      campaigns.map((campaign, index) => [campaign, BigInt(3 - index) * YUAN]).toReversed(),
    );
    expect(second.nextCursor).toBeNull();

    const statement = await reader.controller.listEntries({
      ownerId: merchantId,
      account: 'campaign_cash',
      part: campaigns[1],
      limit: 20,
    });
    expect(statement.items).toMatchObject([
      { seq: 1, kind: 'budget_hold', amount: 2n * YUAN, reference: campaigns[1] },
    ]);
  });

  it('have no statement as a whole', async () => {
    const { merchantId, campaigns } = await merchantWithCampaigns([YUAN]);
    const list = (account: wallet.WalletAccountKind, part?: string) =>
      reader.controller.listEntries({ ownerId: merchantId, account, part, limit: 20 });
    await expect(list('campaign_cash')).rejects.toEqual(refused('VALIDATION_FAILED'));
    await expect(list('merchant_cash', campaigns[0])).rejects.toEqual(refused('VALIDATION_FAILED'));
  });

  it('had, at a moment, what all their parts had', async () => {
    const ownerId = newMerchant();
    const days = Array.from({ length: 30 }, (_, index) => `2026-09-${String(index + 1).padStart(2, '0')}`);
    for (const day of days) {
      const { from } = spanOf(day);
      const earned = [1n, 2n, 3n].map((amount, index) => ({
        seq: index + 1,
        amount,
        balanceAfter: [1n, 3n, 6n][index] ?? 0n,
        kind: 'spend' as const,
        createdAt: new Date(from.getTime() + index * 3_600_000),
      }));
      await plantAccount(book.database, { kind: 'traffic_pending', ownerId, part: day }, earned);
    }
    const at = new Date(spanOf('2026-09-21').from.getTime() + 3_600_000);
    expect(await reader.controller.getBalanceAt({ ownerId, account: 'traffic_pending', at })).toEqual({
      balance: 20n * 6n + 3n,
      entries: 62,
    });
    expect(
      await reader.controller.getBalanceAt({ ownerId, account: 'traffic_pending', part: '2026-09-21', at }),
    ).toEqual({ balance: 3n, entries: 2 });
  });
});

describe('a transfer', () => {
  it('shows an owner the entries of the own accounts, and an operator all, with what caused it', async () => {
    const { merchantId, campaigns } = await merchantWithCampaigns([10n * YUAN]);
    const trafficOwner = newMerchant();
    const [campaign = ''] = campaigns;
    const { transferId } = await spend(merchantId, campaign, trafficOwner, '2026-11-20');
    const ask = (ownerId: string | null) => reader.controller.getTransfer({ transferId, ownerId });

    const cash = { ownerId: merchantId, account: 'campaign_cash', part: campaign, amount: -YUAN };
    const pending = {
      ownerId: trafficOwner,
      account: 'traffic_pending',
      part: '2026-11-20',
      amount: 700_000n,
    };
    const commission = { ownerId: null, account: 'commission', part: null, amount: 300_000n };
    const all = await ask(null);
    expect(all).toMatchObject({ id: transferId, kind: 'spend', reference: `2026-11-20T08:${campaign}:1` });
    expect(all.cause).toEqual({ type: 'campaign', id: campaign, orderId: null });
    expect(all.entries).toHaveLength(3);
    for (const entry of [cash, pending, commission])
      expect(all.entries).toContainEqual(expect.objectContaining(entry));
    expect((await ask(merchantId)).entries).toEqual([expect.objectContaining(cash)]);
    expect((await ask(trafficOwner)).entries).toEqual([expect.objectContaining(pending)]);
  });

  it('of somebody else is not there, and the log says who asked for what', async () => {
    const mine = await replica.ledger.post(recharge({ merchant: newMerchant() }));
    const stranger = newMerchant();
    const ask = (transferId: string) =>
      runInContext({ requestId: 'test', principal: someone(stranger) }, () =>
        reader.controller.getTransfer({ transferId, ownerId: stranger }),
      );
    const before = reader.warnings.length;
    await expect(ask(mine.transferId)).rejects.toEqual(refused('NOT_FOUND'));
    expect(reader.warnings.slice(before)).toEqual([{ askedBy: stranger, transferId: mine.transferId }]);
    // One that nobody has is no news.
    await expect(ask('999')).rejects.toEqual(refused('NOT_FOUND'));
    expect(reader.warnings).toHaveLength(before + 1);
  });

  it("and somebody else's campaign are not there, in a statement and at a moment", async () => {
    const { campaigns } = await merchantWithCampaigns([YUAN]);
    const stranger = newMerchant();
    const theirs = { ownerId: stranger, account: 'campaign_cash', part: campaigns[0] } as const;
    const before = reader.warnings.length;
    await expect(reader.controller.listEntries({ ...theirs, limit: 20 })).rejects.toEqual(
      refused('NOT_FOUND'),
    );
    await expect(reader.controller.getBalanceAt({ ...theirs, at: new Date() })).rejects.toEqual(
      refused('NOT_FOUND'),
    );
    const warning = { askedBy: stranger, ownerId: stranger, account: 'campaign_cash', part: campaigns[0] };
    expect(reader.warnings.slice(before)).toEqual([warning, warning]);
  });
});
