import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Log } from '#libs/service';
import { channelSettlement } from '../settlement/settlement.recipe.js';
import { newMerchant, recharge, takeOut } from '../testing/requests.js';
import { type LedgerReplica, type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { BookController } from './book.controller.js';
import { BookRepository } from './book.repository.js';
import { FlowSums } from './flow-sums.js';

const YUAN = 1_000_000n;

let book: TestLedger;
let replica: LedgerReplica;
let sums: readonly FlowSums[];

beforeAll(async () => {
  book = await startTestLedger();
  replica = await book.replica();
  const log = Log.create('wallet', 'wallet-1', 'silent');
  sums = [new FlowSums(book.database, log), new FlowSums(book.database, log)];
}, 60_000);
afterAll(() => book.stop());

/** By somebody who has not looked yet: on a slow machine what was seen is shown for a while. */
const getBook = () => new BookController(new BookRepository(book.database)).getBook();
const clearing = async () => (await getBook()).boundary.find(({ kind }) => kind === 'alipay_clearing');

describe('the book at a glance', () => {
  it('shows what is in each class of accounts, and that it is nothing altogether', async () => {
    const merchants = [newMerchant(), newMerchant()];
    for (const merchant of merchants) await replica.ledger.post(recharge({ merchant }));
    await replica.ledger.post(takeOut(merchants[0] ?? '', 20n * YUAN));

    const { classes, total } = await getBook();

    expect(total).toBe(0n);
    const told = new Map(classes.map(({ kind, accounts, posted }) => [kind, [accounts, posted]]));
    expect(told.get('merchant_cash')).toEqual([2, 80n * YUAN]);
    expect(told.get('alipay_clearing')).toEqual([1, -79_400_000n]);
    expect(told.get('channel_fee')).toEqual([1, -600_000n]);
    expect(told.get('bank')).toEqual([1, 0n]);
  });

  it('says so when it is not', async () => {
    const more = (by: number) =>
      book.database.write("UPDATE `account` SET `posted` = `posted` + ? WHERE `code` = 'system:bank'", [by]);
    await more(1);
    expect((await getBook()).total).toBe(1n);
    await more(-1);
  });

  it('shows what came into the clearing of a channel and went out, by what moved it, as far as it is counted', async () => {
    expect(await clearing()).toMatchObject({ posted: -79_400_000n, flows: [], entriesBehind: 3 });

    await Promise.all(sums.map((each) => each.round(2)));
    await sums[0]?.round(2);

    expect(await clearing()).toEqual({
      kind: 'alipay_clearing',
      posted: -79_400_000n,
      flows: [{ kind: 'recharge', cameIn: 99_400_000n, wentOut: 20n * YUAN }],
      entriesBehind: 0,
    });
  });

  it('counts each entry once, however many count and whatever is booked meanwhile', async () => {
    const merchant = newMerchant();
    const settlement = {
      state: 'RECORDED' as const,
      channel: 'alipay' as const,
      direction: 'payout' as const,
      amount: YUAN,
      fee: 0n,
      valueDate: '2026-11-21',
      recordedBy: '11',
      recordedAt: new Date(),
      transferId: null,
      refusal: null,
    };
    await Promise.all([
      ...Array.from({ length: 40 }, () => replica.ledger.post(recharge({ merchant }))),
      ...Array.from({ length: 5 }, (_, index) =>
        replica.ledger.post(
          channelSettlement({ ...settlement, id: String(900 + index), bankReference: `L${index}` }, {}),
        ),
      ),
      ...Array.from({ length: 12 }, (_, index) => sums[index % 2]?.round(7)),
    ]);
    while ((await sums[0]?.round(7)) ?? 0) {
      /* until nothing is left */
    }

    const { boundary } = await getBook();

    for (const { kind, posted, flows, entriesBehind } of boundary) {
      const net = flows.reduce((sum, { cameIn, wentOut }) => sum + cameIn - wentOut, 0n);
      expect([kind, entriesBehind, net]).toEqual([kind, 0, kind === 'suspense' ? posted : -posted]);
    }
    expect(boundary.find(({ kind }) => kind === 'bank')?.flows).toEqual([
      { kind: 'channel_settlement', cameIn: 5n * YUAN, wentOut: 0n },
    ]);
  });
});
