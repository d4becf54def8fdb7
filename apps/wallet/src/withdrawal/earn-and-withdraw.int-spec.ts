import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayAfter } from '#libs/calendar';
import { DomainError, type PayloadOf, type withdrawal } from '#libs/contracts';
import { EarningWorld, TODAY } from '../testing/earning-world.js';
import { newMerchant, recharge } from '../testing/requests.js';

const YUAN = 1_000_000n;
const world = new EarningWorld();
const { accountsOf, campaignWith, number, one, ownerWith, spendOf } = world;
beforeAll(() => world.start(), 60_000);
afterAll(() => world.book.stop());

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
      world.replicas.flatMap(({ campaigns }) => spends.map((spend) => campaigns.spend({ spends: [spend] }))),
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
      world.replicas.flatMap(({ withdrawals }) => [
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
    await world.book.database.write('UPDATE `account` SET `frozen` = 1 WHERE `owner_id` = ?', [ownerId]);
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
      wishes.map((wish, index) =>
        (world.replicas[index % world.replicas.length] ?? one()).withdrawals.hold(wish),
      ),
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
  const rows = await world.book.database.query<{ code: string; posted: string }>(
    "SELECT `code`, `posted` FROM `account` WHERE `code` LIKE 'system:%' AND `kind` <> 'commission'",
  );
  return new Map(rows.map(({ code, posted }) => [code, BigInt(posted)]));
}

async function commission(): Promise<bigint> {
  const [row] = await world.book.database.query<{ posted: string }>(
    "SELECT `posted` FROM `account` WHERE `code` = 'system:commission'",
  );
  return BigInt(row?.posted ?? 0);
}
