import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { wallet } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { recharge } from '../testing/requests.js';
import { type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { budgetHold } from './budget-hold.recipe.js';
import { spendTransfer } from './spend.recipe.js';

let book: TestLedger;
beforeAll(async () => {
  book = await startTestLedger();
}, 60_000);
afterAll(() => book.stop());

const [MERCHANT, CAMPAIGN] = ['700', '7001'];

function spend(placement: string, trafficOwnerId: string) {
  const key = `2026-11-20T08:${CAMPAIGN}:${placement}`;
  const [amount, day] = [1_000_000n, '2026-11-20'];
  const wish = { key, merchantId: MERCHANT, campaignId: CAMPAIGN, trafficOwnerId, day, amount };
  return spendTransfer({ ...wish, ownerShareBps: 7_000 }, {});
}

it('Spends of one commit are told with one event, and each has its row in the outbox, in the order of their entries', async () => {
  const { ledger } = await book.replica();
  await ledger.post(recharge({ merchant: MERCHANT }));
  const budget = { key: 'hold', merchantId: MERCHANT, campaignId: CAMPAIGN, cash: 9_000_000n, bonus: 0n };
  await ledger.post(budgetHold(budget, {}));
  const spends = [spend('1', '801'), spend('2', '802'), spend('3', '801')];

  const posted = await Promise.all(
    [...spends, recharge({ merchant: MERCHANT })].map((wish) => ledger.post(wish)),
  );

  const rows = await book.database.query<{ aggregate_id: string; sent: number }>(
    'SELECT `aggregate_id`, `sent_at` IS NOT NULL AS `sent` FROM `outbox` WHERE `event_name` = ? AND `aggregate_id` IN (?) ORDER BY `id`',
    [wallet.transferPosted.name, posted.slice(0, 3).map(({ transferId }) => transferId)],
  );
  expect(rows).toEqual(posted.slice(0, 3).map(({ transferId }) => ({ aggregate_id: transferId, sent: 1 })));

  const last = posted[3]?.transferId;
  await eventually('the recharge beside them is told', () =>
    book.relayed.some(({ payload }) => (payload as { transferId?: string }).transferId === last),
  );
  const told = await eventually('so are the spends', () =>
    book.relayed.find(({ name }) => name === wallet.spendsPosted.name),
  );
  const { owners } = told.payload as { owners: { ownerId: string; accounts: string[] }[] };
  expect(new Map(owners.map(({ ownerId, accounts }) => [ownerId, accounts]))).toEqual(
    new Map([
      [MERCHANT, ['campaign_cash']],
      ['801', ['traffic_pending']],
      ['802', ['traffic_pending']],
    ]),
  );
  const kinds = book.relayed.map(({ name, payload }) => (payload as { kind?: string }).kind ?? name);
  expect(kinds.toSorted()).toEqual(['budget_hold', 'recharge', 'recharge', 'spends.posted']);
});
