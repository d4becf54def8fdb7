import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beijingDayOf, dayAfter } from '#libs/calendar';
import { DomainError, type PayloadOf, type wallet, type withdrawal } from '#libs/contracts';
import { Log, Metrics } from '#libs/service';
import { CampaignController } from '../campaign/campaign.controller.js';
import { EarningsConfig } from '../earnings/earnings.config.js';
import { EarningsController } from '../earnings/earnings.controller.js';
import { EarningsRepository } from '../earnings/earnings.repository.js';
import { MaturityJob } from '../earnings/maturity-job.js';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { newMerchant, recharge } from '../testing/requests.js';
import { type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { WithdrawalController } from './withdrawal.controller.js';

const YUAN = 1_000_000n;
const TODAY = beijingDayOf(new Date());

const log = Log.create('wallet', 'wallet-1', 'silent');

let book: TestLedger;
let replicas: Awaited<ReturnType<typeof replica>>[];

async function replica() {
  const { ledger, outbox } = await book.replica();
  const earnings = new EarningsRepository(book.database);
  const config = new EarningsConfig({ MATURITY_DAYS: 7, MATURITY_EVERY_MS: 60_000 });
  return {
    ledger,
    campaigns: new CampaignController(ledger, log),
    earnings: new EarningsController(earnings, config),
    maturity: new MaturityJob(earnings, ledger, config, log, new Metrics('wallet', 'wallet-1')),
    withdrawals: new WithdrawalController(ledger, new PostingAnnouncer(ledger, outbox, log)),
  };
}

beforeAll(async () => {
  book = await startTestLedger();
  replicas = [await replica(), await replica()];
}, 60_000);
afterAll(() => book.stop());

let lastNumber = 70_000;
const number = () => String((lastNumber += 1));
const one = () => replicas[0] as (typeof replicas)[number];

/** What every account of an owner has, by its code without the owner. */
async function accountsOf(ownerId: string): Promise<Record<string, bigint>> {
  const rows = await book.database.query<{ kind: string; part: string | null; posted: string }>(
    'SELECT `kind`, `part`, `posted` FROM `account` WHERE `owner_id` = ? AND `posted` <> 0 ORDER BY `code`',
    [ownerId],
  );
  return Object.fromEntries(
    rows.map(({ kind, part, posted }) => [part === null ? kind : `${kind}:${part}`, BigInt(posted)]),
  );
}

async function merchantWith(cash: bigint, bonus = 0n): Promise<string> {
  const merchant = newMerchant();
  await one().ledger.post(recharge({ merchant, micros: cash }));
  if (bonus > 0n) {
    const ownerId = merchant;
    const legs = [
      { account: { kind: 'merchant_cash', ownerId }, amount: -bonus },
      { account: { kind: 'merchant_bonus', ownerId }, amount: bonus },
    ] as const;
    await one().ledger.post(recharge({ externalId: null, legs }));
  }
  return merchant;
}

/** A merchant with a campaign that has so much of each, and nothing beside it. */
async function campaignWith(cash: bigint, bonus = 0n): Promise<{ merchantId: string; campaignId: string }> {
  const merchantId = await merchantWith(cash + bonus, bonus);
  const campaignId = number();
  await one().campaigns.hold({ key: `hold:${campaignId}`, merchantId, campaignId, cash, bonus });
  return { merchantId, campaignId };
}

function spendOf(
  campaign: { merchantId: string; campaignId: string },
  trafficOwnerId: string,
  more: Partial<wallet.Spend> = {},
): wallet.Spend {
  return {
    key: `w${number()}:${campaign.campaignId}:top`,
    ...campaign,
    trafficOwnerId,
    day: dayAfter(TODAY, -7),
    amount: 10n * YUAN,
    ownerShareBps: 7_000,
    ...more,
  };
}

/** A traffic owner who can withdraw so much. */
async function ownerWith(available: bigint): Promise<string> {
  const ownerId = newMerchant();
  const campaign = await campaignWith(available);
  await one().campaigns.spend({
    spends: [spendOf(campaign, ownerId, { amount: available, ownerShareBps: 10_000 })],
  });
  await one().maturity.round(new Date());
  expect(await accountsOf(ownerId)).toEqual({ traffic_available: available });
  return ownerId;
}

describe('a campaign', () => {
  it('spends its bonus before its cash, pays the traffic owner real money, and gives back what is left', async () => {
    const campaign = await campaignWith(20n * YUAN, 5n * YUAN);
    const owner = newMerchant();
    expect(await accountsOf(campaign.merchantId)).toEqual({
      [`campaign_cash:${campaign.campaignId}`]: 20n * YUAN,
      [`campaign_bonus:${campaign.campaignId}`]: 5n * YUAN,
    });

    const { outcomes } = await one().campaigns.spend({
      spends: [
        spendOf(campaign, owner, { amount: 3n * YUAN }),
        spendOf(campaign, owner, { amount: 4n * YUAN }),
      ],
    });
    expect(outcomes.map(({ refusal }) => refusal)).toEqual([null, null]);
    expect(await accountsOf(campaign.merchantId)).toEqual({
      [`campaign_cash:${campaign.campaignId}`]: 18n * YUAN,
    });
    expect(await accountsOf(owner)).toEqual({ [`traffic_pending:${dayAfter(TODAY, -7)}`]: 4_900_000n });

    const release = { key: `release:${campaign.campaignId}`, ...campaign };
    const first = await one().campaigns.release(release);
    expect(await one().campaigns.release(release)).toEqual(first);
    expect(await accountsOf(campaign.merchantId)).toEqual({ merchant_cash: 18n * YUAN });
    await expect(one().campaigns.release({ ...release, key: number() })).rejects.toMatchObject({
      code: 'NOTHING_TO_MOVE',
    });
  });

  it('splits a spend so that the parts sum to it, down to the last micro-yuan', async () => {
    const campaign = await campaignWith(YUAN);
    const owner = newMerchant();
    const before = await commission();
    await one().campaigns.spend({ spends: [spendOf(campaign, owner, { amount: 3n, ownerShareBps: 3_333 })] });
    const earned = (await accountsOf(owner))[`traffic_pending:${dayAfter(TODAY, -7)}`] ?? 0n;
    expect([earned, (await commission()) - before]).toEqual([1n, 2n]);
  });

  it('never spends more than its budget, however many windows are settled at once by however many replicas', async () => {
    const campaign = await campaignWith(50n * YUAN);
    const owner = newMerchant();
    const spends = Array.from({ length: 40 }, () => spendOf(campaign, owner, { amount: 2n * YUAN }));
    const outcomes = await Promise.all(
      // Each window comes twice, once to each replica.
      replicas.flatMap(({ campaigns }) => spends.map((spend) => campaigns.spend({ spends: [spend] }))),
    );
    const posted = new Set(outcomes.flatMap((answer) => answer.outcomes.map(({ transferId }) => transferId)));
    posted.delete(null);
    expect(posted.size).toBe(25);
    expect(await accountsOf(campaign.merchantId)).toEqual({});
    const [refused] = spends.filter(
      (_, index) => outcomes[index]?.outcomes[0]?.refusal === 'INSUFFICIENT_FUNDS',
    );
    expect(refused).toBeDefined();
    // More budget does not turn the refusal of a window into a spend.
    const { merchantId, campaignId } = campaign;
    await one().ledger.post(recharge({ merchant: merchantId }));
    await one().campaigns.hold({ key: number(), merchantId, campaignId, cash: 10n * YUAN, bonus: 0n });
    const again = await one().campaigns.spend({ spends: refused ? [refused] : [] });
    expect(again.outcomes[0]?.refusal).toBe('INSUFFICIENT_FUNDS');
  });
});

describe('earnings', () => {
  it('mature a day at a time when they are old enough, once, whoever looks for them', async () => {
    const campaign = await campaignWith(100n * YUAN);
    const owner = newMerchant();
    const days = [-8, -7, -6].map((back) => dayAfter(TODAY, back));
    await one().campaigns.spend({
      spends: days.map((day) => spendOf(campaign, owner, { day, amount: 10n * YUAN })),
    });
    await Promise.all(replicas.map(({ maturity }) => maturity.round(new Date())));
    expect(await accountsOf(owner)).toEqual({
      traffic_available: 14n * YUAN,
      [`traffic_pending:${days[2]}`]: 7n * YUAN,
    });
    const from = dayAfter(TODAY, -30);
    expect(await one().earnings.getEarnings({ ownerId: owner, from, to: TODAY })).toEqual({
      pending: 7n * YUAN,
      available: 14n * YUAN,
      withdrawing: 0n,
      days: days.map((day, index) => ({
        day,
        earned: 7n * YUAN,
        pending: index === 2 ? 7n * YUAN : 0n,
        maturesOn: dayAfter(day, 7),
      })),
    });
  });

  it('are never shown twice or not at all while they mature', async () => {
    const campaign = await campaignWith(100n * YUAN);
    const owner = newMerchant();
    const day = dayAfter(TODAY, -7);
    const wrong: bigint[] = [];
    for (let spends = 1n; spends <= 4n; spends += 1n) {
      await one().campaigns.spend({ spends: [spendOf(campaign, owner)] });
      let isOver = false;
      const maturing = one()
        .maturity.round(new Date())
        .finally(() => (isOver = true));
      const lookOn = async () => {
        while (!isOver) {
          const { days } = await one().earnings.getEarnings({ ownerId: owner, from: day, to: day });
          const earned = days.reduce((sum, each) => sum + each.earned, 0n);
          if (earned !== spends * 7n * YUAN) wrong.push(earned);
        }
      };
      await Promise.all([maturing, lookOn(), lookOn(), lookOn()]);
    }
    expect(wrong).toEqual([]);
  });

  it('that come late for a day that has matured are found by the next round', async () => {
    const campaign = await campaignWith(100n * YUAN);
    const owner = newMerchant();
    for (const expected of [7n, 14n]) {
      await one().campaigns.spend({ spends: [spendOf(campaign, owner)] });
      await one().maturity.round(new Date());
      expect(await accountsOf(owner)).toEqual({ traffic_available: expected * YUAN });
    }
  });

  it('of a day that is long past are found as well, though not by every round', async () => {
    const campaign = await campaignWith(100n * YUAN);
    const owner = newMerchant();
    const days = [-400, -50, -43].map((back) => dayAfter(TODAY, back));
    await one().campaigns.spend({ spends: days.map((day) => spendOf(campaign, owner, { day })) });

    // One more day of the past each time; it may have been on its way through them.
    for (let round = 0; round < 2 * days.length + 1; round += 1) await one().maturity.round(new Date());

    expect(await accountsOf(owner)).toEqual({ traffic_available: 21n * YUAN });
  });

  it("of one owner that can't be booked keep nobody else's back", async () => {
    const campaign = await campaignWith(100n * YUAN);
    const [damaged, owner] = [newMerchant(), newMerchant()];
    const [newer, older] = [dayAfter(TODAY, -10), dayAfter(TODAY, -11)];
    await one().campaigns.spend({
      spends: [spendOf(campaign, damaged, { day: newer }), spendOf(campaign, owner, { day: older })],
    });
    const versionOf = (change: string) =>
      book.database.write(`UPDATE \`account\` SET \`version\` = \`version\` ${change} WHERE \`code\` = ?`, [
        `traffic_pending:${damaged}:${newer}`,
      ]);
    await versionOf('- 1');

    await one().maturity.round(new Date());
    expect(await accountsOf(owner)).toEqual({ traffic_available: 7n * YUAN });

    await versionOf('+ 1');
    await one().maturity.round(new Date());
    expect(await accountsOf(damaged)).toEqual({ traffic_available: 7n * YUAN });
  });
});

describe('a withdrawal', () => {
  const settled = (
    withdrawalId: string,
    ownerId: string,
    more: Partial<PayloadOf<typeof withdrawal.withdrawalSettled>> = {},
  ): PayloadOf<typeof withdrawal.withdrawalSettled> => ({
    withdrawalId,
    ownerId,
    outcome: 'PAID',
    amount: 30n * YUAN,
    fee: 300_000n,
    tax: 900_000n,
    method: 'alipay',
    ...more,
  });

  it('is held in an account of its own, and leaves the platform when it is paid, less fee and tax', async () => {
    const ownerId = await ownerWith(50n * YUAN);
    const withdrawalId = number();
    const before = await systemAccounts();
    await one().withdrawals.hold({ withdrawalId, ownerId, amount: 30n * YUAN });
    expect(await accountsOf(ownerId)).toEqual({
      traffic_available: 20n * YUAN,
      [`traffic_withdrawing:${withdrawalId}`]: 30n * YUAN,
    });
    await one().withdrawals.settle(settled(withdrawalId, ownerId));
    await one().withdrawals.settle(settled(withdrawalId, ownerId));
    expect(await accountsOf(ownerId)).toEqual({ traffic_available: 20n * YUAN });
    const after = await systemAccounts();
    const moved = (code: string) => (after.get(code) ?? 0n) - (before.get(code) ?? 0n);
    expect(moved('system:alipay_clearing')).toBe(28_800_000n);
    expect([moved('system:withdrawal_fee'), moved('system:tax_payable')]).toEqual([300_000n, 900_000n]);

    // Two days later the bank gives it back.
    await one().withdrawals.bookReturn(settled(withdrawalId, ownerId));
    await one().withdrawals.bookReturn(settled(withdrawalId, ownerId));
    expect(await accountsOf(ownerId)).toEqual({ traffic_available: 50n * YUAN });
    expect(await systemAccounts()).toEqual(before);
  });

  it('is paid or let go, whichever comes first, and never both', async () => {
    const ownerId = await ownerWith(30n * YUAN);
    const withdrawalId = number();
    await one().withdrawals.hold({ withdrawalId, ownerId, amount: 30n * YUAN });
    const ends = await Promise.allSettled(
      replicas.flatMap(({ withdrawals }) => [
        withdrawals.settle(settled(withdrawalId, ownerId)),
        withdrawals.settle(settled(withdrawalId, ownerId, { outcome: 'RELEASED' })),
      ]),
    );
    // Each of the two that lost is told that its key is another's.
    const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as DomainError] : []));
    expect(lost.map(({ code }) => code)).toEqual(['TRANSFER_KEY_CONFLICT', 'TRANSFER_KEY_CONFLICT']);
    const left = await accountsOf(ownerId);
    expect([{}, { traffic_available: 30n * YUAN }]).toContainEqual(left);
  });

  it('that was paid is booked even while its account is frozen, since the money is gone', async () => {
    const ownerId = await ownerWith(30n * YUAN);
    const withdrawalId = number();
    await one().withdrawals.hold({ withdrawalId, ownerId, amount: 30n * YUAN });
    await book.database.write('UPDATE `account` SET `frozen` = 1 WHERE `owner_id` = ?', [ownerId]);
    await one().withdrawals.settle(settled(withdrawalId, ownerId));
    expect(await accountsOf(ownerId)).toEqual({});
    const more = { withdrawalId: number(), ownerId, amount: YUAN };
    await expect(one().withdrawals.hold(more)).rejects.toMatchObject({ code: 'ACCOUNT_FROZEN' });
  });

  it('of the whole balance, asked for a hundred times at once, is granted once', async () => {
    const ownerId = await ownerWith(40n * YUAN);
    const wishes = Array.from({ length: 100 }, () => ({
      withdrawalId: number(),
      ownerId,
      amount: 40n * YUAN,
    }));
    const answers = await Promise.allSettled(
      wishes.map((wish, index) => (replicas[index % replicas.length] ?? one()).withdrawals.hold(wish)),
    );
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as unknown] : [],
    );
    expect(refusals).toHaveLength(99);
    expect(refusals.every((refusal) => DomainError.is(refusal, 'INSUFFICIENT_FUNDS'))).toBe(true);
    const winner = wishes[answers.findIndex(({ status }) => status === 'fulfilled')]?.withdrawalId;
    expect(await accountsOf(ownerId)).toEqual({ [`traffic_withdrawing:${winner}`]: 40n * YUAN });
  });
});

async function systemAccounts(): Promise<Map<string, bigint>> {
  const rows = await book.database.query<{ code: string; posted: string }>(
    "SELECT `code`, `posted` FROM `account` WHERE `code` LIKE 'system:%' AND `kind` <> 'commission'",
  );
  return new Map(rows.map(({ code, posted }) => [code, BigInt(posted)]));
}

async function commission(): Promise<bigint> {
  const [row] = await book.database.query<{ posted: string }>(
    "SELECT `posted` FROM `account` WHERE `code` = 'system:commission'",
  );
  return BigInt(row?.posted ?? 0);
}
