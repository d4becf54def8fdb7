import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Log } from '#libs/service';
import { CampaignController } from '../campaign/campaign.controller.js';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import { RefundController } from '../refund/refund.controller.js';
import { type OperatorDesks, openDesks } from '../testing/operator-desks.js';
import { newMerchant, recharge } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { WithdrawalController } from '../withdrawal/withdrawal.controller.js';

const YUAN = 1_000_000n;
const log = Log.create('wallet', 'wallet-1', 'silent');

let book: TestLedger;
let replica: LedgerReplica;
let desks: readonly OperatorDesks[];

beforeAll(async () => {
  book = await startTestLedger();
  replica = await book.replica();
  desks = [await openDesks(book, replica.ledger), await openDesks(book, (await book.replica()).ledger)];
}, 60_000);
afterAll(async () => {
  for (const each of desks) await each.close();
  await book.stop();
});

let lastKey = 0;
/** A bonus that two operators have granted; as its last day, a moment that passes at once when a test says so. */
async function granted(ownerId: string, amount: bigint, ends: Date | null = null): Promise<string> {
  const asked = await desks[0]!.adjustments.request({
    operatorId: '11',
    idempotencyKey: `bonus-${(lastKey += 1)}`,
    purpose: 'bonus',
    account: 'merchant_bonus',
    ownerId,
    part: null,
    amount,
    reason: 'for the autumn',
    expiresAt: ends,
    attachment: null,
  });
  const { state } = await desks[0]!.adjustments.approve({ adjustmentId: asked.id, operatorId: '12' });
  expect(state).toBe('POSTED');
  return asked.id;
}

const tomorrow = () => new Date(Date.now() + 86_400_000);
const dayComes = (id: string) =>
  book.database.write(
    'UPDATE `adjustment` SET `expires_at` = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND, `due_at` = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE `id` = ?',
    [id],
  );
const sweep = () => Promise.all(desks.map(({ adjustmentSweep }) => adjustmentSweep.round()));
const find = (adjustmentId: string) => desks[0]!.adjustments.get({ adjustmentId });

async function balance(code: string): Promise<bigint> {
  const [row] = await book.database.query<{ posted: string }>(
    'SELECT `posted` FROM `account` WHERE `code` = ?',
    [code],
  );
  return BigInt(row?.posted ?? 0);
}
const bonusOf = (ownerId: string) => balance(`merchant_bonus:${ownerId}`);

/** So much of the bonus goes into a campaign, and is spent there. */
async function spend(merchantId: string, amount: bigint): Promise<void> {
  const campaigns = new CampaignController(replica.ledger, log);
  const key = `spend-${(lastKey += 1)}`;
  await campaigns.hold({ key, merchantId, campaignId: '5', cash: 0n, bonus: amount });
  const one = { merchantId, campaignId: '5', trafficOwnerId: '9', day: '2026-11-21', ownerShareBps: 7_000 };
  const { outcomes } = await campaigns.spend({ spends: [{ key, amount, ...one }] });
  expect(outcomes).toMatchObject([{ refusal: null }]);
}

describe('a bonus', () => {
  it('is granted out of what promotion may cost us', async () => {
    const ownerId = newMerchant();
    const before = await balance('system:promotion');
    await granted(ownerId, 100n * YUAN);
    expect(await bonusOf(ownerId)).toBe(100n * YUAN);
    expect(await balance('system:promotion')).toBe(before - 100n * YUAN);
  });

  it('can be neither withdrawn nor refunded', async () => {
    const ownerId = newMerchant();
    await replica.ledger.post(recharge({ merchant: ownerId, micros: 10n * YUAN }));
    await granted(ownerId, 100n * YUAN);
    const postings = new PostingAnnouncer(replica.ledger, replica.outbox, log);
    const refunds = new RefundController(
      replica.ledger,
      postings,
      new TransferRepository(),
      book.database,
      log,
    );
    const withdrawals = new WithdrawalController(replica.ledger, postings);

    await expect(withdrawals.hold({ withdrawalId: '7001', ownerId, amount: YUAN })).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    });
    const refund = { refundId: '7002', orderId: '1', merchantId: ownerId };
    await expect(refunds.hold({ ...refund, amount: 11n * YUAN, bonus: 0n })).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
    });
    expect(await bonusOf(ownerId)).toBe(100n * YUAN);
    expect(await book.balanceOf(ownerId)).toBe(10n * YUAN);
  });

  it.each([
    ['half spent', 60n, 40n],
    ['not spent', 0n, 100n],
    ['all spent', 100n, 0n],
  ])('that is %s when it ends loses what is left, once', async (_how, spent, left) => {
    const ownerId = newMerchant();
    const id = await granted(ownerId, 100n * YUAN, tomorrow());
    if (spent > 0n) await spend(ownerId, spent * YUAN);
    const before = await balance('system:promotion');
    await sweep();
    expect(await bonusOf(ownerId)).toBe(left * YUAN); // Tomorrow has not come.

    await dayComes(id);
    await sweep();
    await sweep();

    expect(await find(id)).toMatchObject({ state: 'EXPIRED', expiredAmount: left * YUAN });
    expect(await bonusOf(ownerId)).toBe(0n);
    expect(await balance('system:promotion')).toBe(before + left * YUAN);
    expect(await book.sums()).toEqual({ balances: 0n, entries: 0n });
  });

  it('that ends takes no more with it than it was', async () => {
    const ownerId = newMerchant();
    const id = await granted(ownerId, 30n * YUAN, tomorrow());
    await granted(ownerId, 100n * YUAN);
    await dayComes(id);
    await sweep();
    expect(await find(id)).toMatchObject({ state: 'EXPIRED', expiredAmount: 30n * YUAN });
    expect(await bonusOf(ownerId)).toBe(100n * YUAN);
  });

  it('whose end was booked by a process that died before it wrote so down is not taken twice', async () => {
    const ownerId = newMerchant();
    const id = await granted(ownerId, 30n * YUAN, tomorrow());
    await granted(ownerId, 100n * YUAN);
    await dayComes(id);
    await sweep();
    await book.database.write(
      "UPDATE `adjustment` SET `state` = 'POSTED', `expired_amount` = NULL, `due_at` = UTC_TIMESTAMP(3) WHERE `id` = ?",
      [id],
    );

    await sweep();

    expect(await find(id)).toMatchObject({ state: 'EXPIRED', expiredAmount: 30n * YUAN });
    expect(await bonusOf(ownerId)).toBe(100n * YUAN);
  });

  it('in an account that is frozen ends when it is not any more', async () => {
    const ownerId = newMerchant();
    const id = await granted(ownerId, 30n * YUAN, tomorrow());
    const freeze = (frozen: number) =>
      book.database.write('UPDATE `account` SET `frozen` = ? WHERE `code` = ?', [
        frozen,
        `merchant_bonus:${ownerId}`,
      ]);
    await freeze(1);
    await dayComes(id);
    await sweep();
    expect(await find(id)).toMatchObject({ state: 'POSTED', expiredAmount: null });

    await freeze(0);
    await dayComes(id);
    await sweep();

    expect(await find(id)).toMatchObject({ state: 'EXPIRED', expiredAmount: 30n * YUAN });
    expect(await bonusOf(ownerId)).toBe(0n);
  });
});
