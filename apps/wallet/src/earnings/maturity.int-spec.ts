import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dayAfter } from '#libs/calendar';
import { EarningWorld, TODAY } from '../testing/earning-world.js';
import { newMerchant } from '../testing/requests.js';

const YUAN = 1_000_000n;
const world = new EarningWorld();
const { accountsOf, campaignWith, one, spendOf } = world;
beforeAll(() => world.start(), 60_000);
afterAll(() => world.book.stop());

describe('earnings', () => {
  it('mature a day at a time when they are old enough, once, whoever looks for them', async () => {
    const campaign = await campaignWith(100n * YUAN);
    const owner = newMerchant();
    const days = [-8, -7, -6].map((back) => dayAfter(TODAY, back));
    await one().campaigns.spend({
      spends: days.map((day) => spendOf(campaign, owner, { day, amount: 10n * YUAN })),
    });
    await Promise.all(world.replicas.map(({ maturity }) => maturity.round(new Date())));
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
      world.book.database.write(
        `UPDATE \`account\` SET \`version\` = \`version\` ${change} WHERE \`code\` = ?`,
        [`traffic_pending:${damaged}:${newer}`],
      );
    await versionOf('- 1');

    await one().maturity.round(new Date());
    expect(await accountsOf(owner)).toEqual({ traffic_available: 7n * YUAN });

    await versionOf('+ 1');
    await one().maturity.round(new Date());
    expect(await accountsOf(damaged)).toEqual({ traffic_available: 7n * YUAN });
  });
});
