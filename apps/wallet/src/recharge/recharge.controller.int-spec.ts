import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PayloadOf, payment } from '#libs/contracts';
import { Log } from '#libs/service';
import { eventually } from '#libs/testing';
import { newMerchant } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { RechargeController } from './recharge.controller.js';

type Paid = PayloadOf<typeof payment.orderPaid>;

let book: TestLedger;
let replicas: readonly LedgerReplica[];
let controllers: readonly RechargeController[];

beforeAll(async () => {
  book = await startTestLedger();
  replicas = [await book.replica(), await book.replica()];
  const log = Log.create('wallet', 'wallet-1', 'silent');
  controllers = replicas.map(
    ({ ledger, outbox }) => new RechargeController(new PostingAnnouncer(ledger, outbox, log)),
  );
}, 60_000);
afterAll(() => book.stop());

let lastOrder = 1_000;
function paidOrder(more: Partial<Paid> = {}): Paid {
  lastOrder += 1;
  return {
    orderId: String(lastOrder),
    attemptId: '2',
    merchantId: newMerchant(),
    amount: 50_000_000n,
    fee: 300_000n,
    bonus: 0n,
    channel: 'alipay',
    channelTradeNo: `20261120220014${lastOrder}`,
    paidAt: new Date('2026-11-20T03:04:05Z'),
    ...more,
  };
}

const credit = async (paid: Paid, replica = 0) => controllers[replica]?.creditPaidOrder(paid);
const toldOf = (orderId: string) =>
  book.relayed.filter(({ payload }) => (payload as { reference: string }).reference === orderId);

describe('a paid order', () => {
  it('is credited once and told of, though two replicas hear of it twenty times each', async () => {
    const paid = paidOrder();

    await Promise.all(Array.from({ length: 40 }, (_, index) => credit(paid, index % 2)));

    expect(await book.balanceOf(paid.merchantId)).toBe(50_000_000n);
    expect(await book.countsOf(paid.orderId)).toEqual({ transfers: 1, entries: 3, events: 1 });
    const [first] = await eventually('it is told', () =>
      toldOf(paid.orderId).length > 0 ? toldOf(paid.orderId) : null,
    );
    expect(first).toMatchObject({ name: 'transfer.posted' });
  });

  it('that is announced again is answered with what was said before, by whichever replica', async () => {
    const paid = paidOrder();
    await credit(paid);
    const [first] = await eventually('it is told', () =>
      toldOf(paid.orderId).length > 0 ? toldOf(paid.orderId) : null,
    );

    await credit(paid, 1);
    await credit(paid, 0);

    expect(toldOf(paid.orderId)).toEqual([first, first, first]);
    expect(await book.balanceOf(paid.merchantId)).toBe(50_000_000n);
  });

  it('that comes with another amount under the same number is refused, and goes to the dead letters', async () => {
    const paid = paidOrder();
    await credit(paid);
    await expect(credit({ ...paid, amount: 60_000_000n })).rejects.toMatchObject({
      code: 'TRANSFER_KEY_CONFLICT',
    });
    expect(await book.balanceOf(paid.merchantId)).toBe(50_000_000n);
  });

  it('by a trade of the channel that another order was credited for is refused, again and again, in words', async () => {
    const paid = paidOrder();
    await credit(paid);
    const double = paidOrder({ merchantId: paid.merchantId, channelTradeNo: paid.channelTradeNo });

    for (let time = 0; time < 2; time += 1) {
      await expect(credit(double)).rejects.toMatchObject({
        code: 'EXTERNAL_ID_TAKEN',
        message: expect.stringContaining(`Order ${double.orderId} is paid and can't be booked`),
      });
    }
    expect(await book.balanceOf(paid.merchantId)).toBe(50_000_000n);
    expect(toldOf(double.orderId)).toEqual([]);
  });
});
