import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PayloadOf, payment } from '#libs/contracts';
import { Log } from '#libs/service';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import { RechargeController } from '../recharge/recharge.controller.js';
import { newMerchant } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { UnownedController } from '../unowned/unowned.controller.js';
import { RefundController } from './refund.controller.js';

type Settled = PayloadOf<typeof payment.refundSettled>;

let book: TestLedger;
let replica: LedgerReplica;
let recharges: RechargeController;
let refunds: RefundController;
let unowned: UnownedController;

beforeAll(async () => {
  book = await startTestLedger();
  replica = await book.replica();
  const log = Log.create('wallet', 'wallet-1', 'silent');
  const postings = new PostingAnnouncer(replica.ledger, replica.outbox, log);
  recharges = new RechargeController(postings);
  refunds = new RefundController(replica.ledger, postings, new TransferRepository(), book.database, log);
  unowned = new UnownedController(postings);
}, 60_000);
afterAll(() => book.stop());

let lastNumber = 9_000;
const number = () => String((lastNumber += 1));
const YUAN = 1_000_000n;

/** A merchant who has recharged, with a bonus if wished. */
async function merchantWith(amount: bigint, bonus = 0n): Promise<string> {
  const merchantId = newMerchant();
  await recharges.creditPaidOrder({
    orderId: number(),
    attemptId: number(),
    merchantId,
    amount,
    fee: 0n,
    bonus,
    channel: 'wechat',
    channelTradeNo: number(),
    paidAt: new Date(),
  });
  return merchantId;
}

const settled = (refundId: string, merchantId: string, more: Partial<Settled> = {}): Settled => ({
  refundId,
  orderId: '1',
  attemptId: '2',
  merchantId,
  kind: 'merchant',
  outcome: 'SUCCEEDED',
  amount: 20n * YUAN,
  channel: 'wechat',
  channelRefundNo: null,
  ...more,
});

const hold = (refundId: string, merchantId: string, amount: bigint, bonus = 0n) =>
  refunds.hold({ refundId, orderId: '1', merchantId, amount, bonus });

/** Balances in yuan, by account. */
async function balances(codes: readonly string[]): Promise<number[]> {
  const rows = await book.database.query<{ code: string; posted: string }>(
    'SELECT `code`, `posted` FROM `account` WHERE `code` IN (?)',
    [codes],
  );
  const posted = new Map(rows.map((row) => [row.code, Number(BigInt(row.posted) / 10_000n) / 100]));
  return codes.map((code) => posted.get(code) ?? 0);
}
const walletOf = (merchantId: string) =>
  balances(
    ['merchant_cash', 'merchant_bonus', 'refund_in_transit', 'bonus_in_transit'].map(
      (kind) => `${kind}:${merchantId}`,
    ),
  );

describe('a refund', () => {
  it('is set aside first, and leaves through the clearing account when the channel has paid it', async () => {
    const merchant = await merchantWith(50n * YUAN);
    const [clearingBefore = 0] = await balances(['system:wechat_clearing']);
    const id = number();

    await hold(id, merchant, 20n * YUAN);
    expect(await walletOf(merchant)).toEqual([30, 0, 20, 0]);

    await refunds.settle(settled(id, merchant));
    expect(await walletOf(merchant)).toEqual([30, 0, 0, 0]);
    expect(await balances(['system:wechat_clearing'])).toEqual([clearingBefore + 20]);
    expect((await book.sums()).balances).toBe(0n);
  });

  it('comes back to the wallet when the channel refuses, to the cent and to the account', async () => {
    const merchant = await merchantWith(50n * YUAN, 10n * YUAN);
    const id = number();
    await hold(id, merchant, 20n * YUAN, 4n * YUAN);
    expect(await walletOf(merchant)).toEqual([30, 6, 20, 4]);

    await refunds.settle(settled(id, merchant, { outcome: 'FAILED' }));
    expect(await walletOf(merchant)).toEqual([50, 10, 0, 0]);
  });

  it('takes its bonus back, and what was spent of that in cash', async () => {
    const merchant = await merchantWith(50n * YUAN, 10n * YUAN);
    const other = number();
    await hold(other, merchant, 1n * YUAN, 7n * YUAN);
    expect(await walletOf(merchant)).toEqual([49, 3, 1, 7]);

    const id = number();
    await hold(id, merchant, 20n * YUAN, 4n * YUAN);
    // Three yuan of bonus were left; the fourth is cash.
    expect(await walletOf(merchant)).toEqual([28, 0, 21, 11]);
    await refunds.settle(settled(id, merchant));
    expect(await walletOf(merchant)).toEqual([28, 0, 1, 7]);
    await refunds.settle(settled(other, merchant, { outcome: 'FAILED' }));
    expect(await walletOf(merchant)).toEqual([29, 7, 0, 0]);
    expect((await book.sums()).balances).toBe(0n);
  });

  it('is refused when the wallet has too little, and stays refused under its number', async () => {
    const merchant = await merchantWith(10n * YUAN);
    const id = number();
    await expect(hold(id, merchant, 20n * YUAN)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    await expect(hold(id, merchant, 20n * YUAN)).rejects.toMatchObject({ code: 'INSUFFICIENT_FUNDS' });
    expect(await walletOf(merchant)).toEqual([10, 0, 0, 0]);
    // Nothing was held, so there is nothing to give back either.
    await refunds.settle(settled(id, merchant, { outcome: 'FAILED' }));
    expect(await walletOf(merchant)).toEqual([10, 0, 0, 0]);
  });

  it('is held once and settled once, however often it is told, and never both ways', async () => {
    const merchant = await merchantWith(50n * YUAN);
    const id = number();
    const holds = await Promise.all(Array.from({ length: 20 }, () => hold(id, merchant, 20n * YUAN)));
    expect(new Set(holds.map(({ transferId }) => transferId)).size).toBe(1);
    await Promise.all(Array.from({ length: 20 }, () => refunds.settle(settled(id, merchant))));
    expect(await walletOf(merchant)).toEqual([30, 0, 0, 0]);

    await expect(refunds.settle(settled(id, merchant, { outcome: 'FAILED' }))).rejects.toMatchObject({
      code: 'TRANSFER_KEY_CONFLICT',
    });
    expect(await walletOf(merchant)).toEqual([30, 0, 0, 0]);
  });

  it('of a hundred at once takes no more than there is', async () => {
    const merchant = await merchantWith(50n * YUAN);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => hold(number(), merchant, 20n * YUAN)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await walletOf(merchant)).toEqual([10, 0, 40, 0]);
  });

  it('that the channel paid without anything held is an error that somebody must look at', async () => {
    await expect(refunds.settle(settled(number(), newMerchant()))).rejects.toThrow('nothing was held');
  });
});

describe("a buyer's money that pays no order", () => {
  const SUSPENSE = ['system:suspense', 'system:wechat_clearing', 'system:channel_fee'];
  const received = (attemptId: string, channelTradeNo = number()) => ({
    attemptId,
    orderId: '1',
    amount: 50n * YUAN,
    fee: 300_000n,
    channel: 'wechat' as const,
    channelTradeNo,
  });

  it('waits in suspense, and leaves it when it was given back, once each', async () => {
    const [suspense = 0, clearing = 0, fee = 0] = await balances(SUSPENSE);
    const attemptId = number();
    const event = received(attemptId);
    await Promise.all([unowned.receive(event), unowned.receive(event)]);
    expect(await balances(SUSPENSE)).toEqual([suspense + 50, clearing - 49.7, fee - 0.3]);

    const back = settled(number(), '7', { kind: 'duplicate', amount: 50n * YUAN });
    await Promise.all([refunds.settle(back), refunds.settle(back)]);
    expect(await balances(SUSPENSE)).toEqual([suspense, clearing + 0.3, fee - 0.3]);
  });

  it('is booked once per trade in the whole book, also when a recharge has it', async () => {
    const channelTradeNo = number();
    await unowned.receive(received(number(), channelTradeNo));
    await expect(unowned.receive(received(number(), channelTradeNo))).rejects.toMatchObject({
      code: 'EXTERNAL_ID_TAKEN',
    });
  });

  it('stays where it is when it could not be given back', async () => {
    const before = await balances(SUSPENSE);
    await refunds.settle(settled(number(), '7', { kind: 'conflict', outcome: 'FAILED' }));
    expect(await balances(SUSPENSE)).toEqual(before);
  });
});
