import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, type RequestOf, type wallet } from '#libs/contracts';
import { Log } from '#libs/service';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { TransferRepository } from '../ledger/transfer.repository.js';
import { RechargeController } from '../recharge/recharge.controller.js';
import { newMerchant } from '../testing/requests.js';
import { type TestLedger, startTestLedger } from '../testing/test-ledger.js';
import { RefundController } from './refund.controller.js';

const SEQUENCES = 40;
const STEPS = 30;
const REPLICAS = 2;

/** A small generator of random numbers, so that a seed tells the same story every time (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface ModelRefund {
  readonly amount: bigint;
  readonly bonus: bigint;
  readonly fromBonus: bigint;
  state: 'held' | 'refused' | 'taken' | 'released';
}

/** What a wallet must be after a sequence of steps, told without a ledger. */
class ModelWallet {
  cash = 0n;
  bonus = 0n;
  readonly refunds = new Map<string, ModelRefund>();

  recharge(amount: bigint, bonus: bigint): void {
    this.cash += amount;
    this.bonus += bonus;
  }

  hold(id: string, amount: bigint, bonus: bigint): void {
    const fromBonus = bonus < this.bonus ? bonus : this.bonus;
    const fromCash = amount + bonus - fromBonus;
    const enough = fromCash <= this.cash;
    this.refunds.set(id, { amount, bonus, fromBonus, state: enough ? 'held' : 'refused' });
    if (!enough) return;
    this.cash -= fromCash;
    this.bonus -= fromBonus;
  }

  settle(id: string, succeeded: boolean): void {
    const refund = this.refunds.get(id);
    if (refund?.state !== 'held') return;
    refund.state = succeeded ? 'taken' : 'released';
    if (succeeded) return;
    this.cash += refund.amount + refund.bonus - refund.fromBonus;
    this.bonus += refund.fromBonus;
  }

  balances(): Record<string, bigint> {
    const held = [...this.refunds.values()].filter(({ state }) => state === 'held');
    return {
      merchant_cash: this.cash,
      merchant_bonus: this.bonus,
      refund_in_transit: held.reduce((sum, { amount }) => sum + amount, 0n),
      bonus_in_transit: held.reduce((sum, { bonus }) => sum + bonus, 0n),
    };
  }
}

let book: TestLedger;
let wallets: readonly { recharges: RechargeController; refunds: RefundController }[];

beforeAll(async () => {
  book = await startTestLedger();
  const log = Log.create('wallet', 'wallet-1', 'silent');
  wallets = await Promise.all(
    Array.from({ length: REPLICAS }, async () => {
      const { ledger, outbox } = await book.replica();
      const postings = new PostingAnnouncer(ledger, outbox, log);
      return {
        recharges: new RechargeController(postings),
        refunds: new RefundController(ledger, postings, new TransferRepository(), book.database, log),
      };
    }),
  );
}, 60_000);
afterAll(() => book.stop());

let lastNumber = 500_000;
const number = () => String((lastNumber += 1));

async function balancesOf(merchantId: string): Promise<Record<string, bigint>> {
  const rows = await book.database.query<{ kind: string; posted: string }>(
    'SELECT `kind`, `posted` FROM `account` WHERE `owner_id` = ?',
    [merchantId],
  );
  const none = { merchant_cash: 0n, merchant_bonus: 0n, refund_in_transit: 0n, bonus_in_transit: 0n };
  return { ...none, ...Object.fromEntries(rows.map(({ kind, posted }) => [kind, BigInt(posted)])) };
}

/** One to three callers at once ask the same, of different replicas: all must hear the same. */
async function askedByMany(
  callers: number,
  ask: (wallet: (typeof wallets)[number]) => Promise<unknown>,
): Promise<string> {
  const answers = await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      try {
        return JSON.stringify((await ask(wallets[caller % REPLICAS]!)) ?? 'done');
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
        return error.code;
      }
    }),
  );
  expect(new Set(answers).size).toBe(1);
  return answers[0] ?? '';
}

/** Lives one wallet's life of random steps, in the ledger and in the model. */
async function live(merchantId: string, seed: number): Promise<ModelWallet> {
  const random = randomFrom(seed);
  const model = new ModelWallet();
  const yuan = (below: number) => BigInt(random(below)) * 1_000_000n;
  for (let step = 0; step < STEPS; step += 1) {
    const callers = 1 + random(3);
    const known = [...model.refunds.keys()];
    const choice = random(10);
    if (choice < 3) {
      const [orderId, amount, bonus] = [number(), yuan(50) + 1_000_000n, yuan(10)];
      model.recharge(amount, bonus);
      const paid = { orderId, attemptId: orderId, merchantId, amount, bonus, fee: 0n, paidAt: new Date() };
      const channel = 'alipay' as const;
      await askedByMany(callers, ({ recharges }) =>
        recharges.creditPaidOrder({ ...paid, channel, channelTradeNo: orderId }),
      );
    } else if (choice < 6 || known.length === 0) {
      const wish = { orderId: '1', merchantId, amount: yuan(40) + 1_000_000n, bonus: yuan(8) };
      await holdSome(model, { ...wish, refundId: number() }, callers);
    } else {
      await settleSome(model, merchantId, known[random(known.length)] ?? '', random(2) === 0, callers);
    }
    expect([seed, step, await balancesOf(merchantId)]).toEqual([seed, step, model.balances()]);
  }
  return model;
}

/** Asks for a hold, and once more when it is decided: money that comes later would not change that. */
async function holdSome(
  model: ModelWallet,
  wish: RequestOf<typeof wallet.holdRefund>,
  callers: number,
): Promise<void> {
  model.hold(wish.refundId, wish.amount, wish.bonus);
  const answer = await askedByMany(callers, ({ refunds }) => refunds.hold(wish));
  expect(answer === 'INSUFFICIENT_FUNDS').toBe(model.refunds.get(wish.refundId)?.state === 'refused');
  expect(await askedByMany(1, ({ refunds }) => refunds.hold(wish))).toBe(answer);
}

/** Settles a refund, which may be settled already, one way or the other, or never was held. */
async function settleSome(
  model: ModelWallet,
  merchantId: string,
  refundId: string,
  succeeded: boolean,
  callers: number,
): Promise<void> {
  const before = model.refunds.get(refundId);
  // A channel pays only what was held: a success without a hold is no step of this world.
  if (!before || (before.state === 'refused' && succeeded)) return;
  const other = before.state === (succeeded ? 'released' : 'taken');
  const { amount } = before;
  model.settle(refundId, succeeded);
  const outcome = succeeded ? ('SUCCEEDED' as const) : ('FAILED' as const);
  const ends = { refundId, orderId: '1', attemptId: '2', merchantId, amount, outcome, channelRefundNo: null };
  const answer = await askedByMany(callers, ({ refunds }) =>
    refunds.settle({ ...ends, kind: 'merchant', channel: 'alipay' }),
  );
  expect(answer).toBe(other ? 'TRANSFER_KEY_CONFLICT' : '"done"');
}

describe('wallets with random recharges, holds and settlements, asked for by several at once', () => {
  it(`are after each of ${STEPS} steps what a model of them is, in ${SEQUENCES} sequences`, async () => {
    const seeds = Array.from({ length: SEQUENCES }, (_, index) => 20_261_121 + index);
    // Side by side, so that the hot system accounts and the batches are shared by all of them.
    const models = await Promise.all(seeds.map((seed) => live(newMerchant(), seed)));

    const seen = new Set(models.flatMap(({ refunds }) => [...refunds.values()].map(({ state }) => state)));
    expect([...seen].sort()).toEqual(['held', 'refused', 'released', 'taken']);
    const shortfalls = models
      .flatMap(({ refunds }) => [...refunds.values()])
      .filter(({ state, bonus, fromBonus }) => state !== 'refused' && fromBonus < bonus);
    expect(shortfalls.length).toBeGreaterThan(5);
    expect(await book.sums()).toEqual({ balances: 0n, entries: 0n });
  }, 120_000);
});
