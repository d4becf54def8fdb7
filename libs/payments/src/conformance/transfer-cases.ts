import assert from 'node:assert/strict';
import { eventually } from '#libs/testing';
import type { ChannelTransfer, ChannelTransfers, TransferRequest } from '../channel-transfers.js';
import type { ChannelBench, Need, Payee, TransferBench } from './channel-bench.js';
import { AMOUNT, type ConformanceCase, failureOf, stateOf } from './conformance-world.js';

/** All that transfers need of a bench. */
export type WithTransfers = Pick<ChannelBench, 'newNumber' | 'transfers'> & {
  readonly channel: Pick<ChannelBench['channel'], 'transfers'>;
};

/** A payee and a transfer to them that nobody has asked for yet. */
class Story {
  private constructor(
    readonly channel: ChannelTransfers,
    readonly bench: TransferBench,
    readonly payee: Payee,
    readonly request: TransferRequest,
  ) {}

  static async of(world: WithTransfers): Promise<Story> {
    const { transfers } = world;
    const channel = world.channel.transfers;
    assert.ok(
      channel && transfers,
      'Channel and bench have transfers, or "without" says that they have none',
    );
    const payee = await transfers.newPayee();
    return new Story(channel, transfers, payee, {
      outTransferNo: world.newNumber(),
      amount: AMOUNT,
      payeeAccount: payee.account,
      payeeName: payee.name,
      remark: 'Clearbid payout',
    });
  }

  transfer(more: Partial<TransferRequest> = {}): Promise<ChannelTransfer> {
    return this.channel.transfer({ ...this.request, ...more });
  }

  query(): Promise<ChannelTransfer> {
    return this.channel.query(this.request.outTransferNo);
  }

  cancel(): Promise<ChannelTransfer> {
    return this.channel.cancel(this.request.outTransferNo);
  }

  make(trouble: Parameters<TransferBench['make']>[0]): Promise<() => Promise<void>> {
    return this.bench.make(trouble, this.request.outTransferNo);
  }

  received(): Promise<bigint> {
    return this.bench.received(this.payee);
  }

  /** What becomes of it once its payee has done what there is to do. A channel may take a moment for each step. */
  decided(): Promise<ChannelTransfer> {
    return eventually(`transfer ${this.request.outTransferNo} is decided`, async () => {
      const known = await this.query();
      if (known.state === 'AWAITS_PAYEE') await this.bench.confirm(this.request.outTransferNo);
      return known.state !== 'AWAITS_PAYEE' && known.state !== 'PROCESSING' && known;
    });
  }

  /** What an answer comes to: itself, if it is an end. */
  async endOf(answer: ChannelTransfer): Promise<ChannelTransfer> {
    return answer.state === 'PROCESSING' || answer.state === 'AWAITS_PAYEE' ? this.decided() : answer;
  }

  /** That it is paid, and that the payee has just that. */
  async isPaid(amount = this.request.amount): Promise<Extract<ChannelTransfer, { state: 'SUCCEEDED' }>> {
    const known = await this.decided();
    assert.equal(known.state, 'SUCCEEDED');
    assert.equal(known.amount, amount);
    assert.notEqual(known.channelTransferNo, '');
    assert.ok(Math.abs(known.paidAt.getTime() - Date.now()) < 60_000, 'paid about now');
    assert.equal(await this.received(), amount);
    return known;
  }
}

function story(
  words: string,
  needs: readonly Need[],
  run: (story: Story) => Promise<void>,
): ConformanceCase<WithTransfers> {
  return { words, needs: ['transfers', ...needs], run: async (bench) => run(await Story.of(bench)) };
}

/** That nothing was paid, and why, which both the transfer's own answer and a query may tell. */
async function isRefused(told: Story, more: Partial<TransferRequest>, problem: string): Promise<void> {
  const end = await told.endOf(await told.transfer(more));
  assert.equal(end.state, 'FAILED');
  assert.equal(end.problem, problem);
  assert.ok(['FAILED', 'NOT_FOUND'].includes(await stateOf(told.query())));
  assert.equal(await told.received(), 0n);
}

const PAYING: readonly ConformanceCase<WithTransfers>[] = [
  story('pays once, and says so when it is asked', [], async (told) => {
    const answer = await told.endOf(await told.transfer());
    assert.equal(answer.state, 'SUCCEEDED');
    assert.equal(answer.amount, AMOUNT);
    const known = await told.isPaid();
    assert.equal(known.channelTransferNo, answer.channelTransferNo);
  }),
  {
    words: 'pays to the fen, from the smallest amount up',
    needs: ['transfers'],
    run: async (bench) => {
      const smallest = bench.channel.transfers?.capabilities.minAmount ?? 0n;
      for (const amount of [smallest, 1_234_560_000n, 2_000_010_000n]) {
        const told = await Story.of(bench);
        await told.transfer({ amount });
        await told.isPaid(amount);
      }
    },
  },
  story('pays nothing twice under one number', [], async (told) => {
    await Promise.allSettled([told.transfer(), told.transfer()]);
    await told.isPaid();
    assert.equal(await stateOf(told.transfer()), 'SUCCEEDED');
    await told.isPaid();
  }),
  story('pays no other amount under a number, and says what was paid', [], async (told) => {
    await told.transfer();
    await told.transfer({ amount: 2n * AMOUNT });
    await told.isPaid();
    const answer = await told.transfer({ amount: 2n * AMOUNT });
    assert.equal(answer.state, 'SUCCEEDED');
    assert.equal(answer.amount, AMOUNT);
    await told.isPaid();
  }),
  story('refuses amounts that are no whole number of fen', [], async (told) => {
    assert.equal((await failureOf(told.transfer({ amount: AMOUNT + 1n }))).kind, 'REFUSED');
    assert.deepEqual(await told.query(), { state: 'NOT_FOUND' });
  }),
  story('knows no transfer that was never asked for', [], async (told) => {
    assert.deepEqual(await told.query(), { state: 'NOT_FOUND' });
    assert.deepEqual(await told.cancel(), { state: 'NOT_FOUND' });
  }),
  story('pays nobody whose name is another', [], (told) =>
    isRefused(told, { payeeName: `${told.payee.name}某` }, 'PAYEE_NAME_WRONG'),
  ),
  story('pays to no account that is not there', [], (told) =>
    isRefused(told, { payeeAccount: told.bench.unknownAccount }, 'PAYEE_NOT_FOUND'),
  ),
];

const TROUBLE: readonly ConformanceCase<WithTransfers>[] = [
  story(
    'leaves a transfer unknown while no answer comes, then finds it',
    ['no answer after the work'],
    async (told) => {
      const end = await told.make('no answer after the work');
      assert.equal((await failureOf(told.transfer())).kind, 'UNKNOWN');
      assert.equal((await failureOf(told.transfer())).kind, 'UNKNOWN');
      await end();
      await told.isPaid();
      await told.transfer();
      await told.isPaid();
    },
  ),
  story('keeps a transfer in process until it is decided', ['transfers stay in process'], async (told) => {
    const end = await told.make('transfers stay in process');
    assert.deepEqual(await told.transfer(), { state: 'PROCESSING' });
    assert.deepEqual(await told.query(), { state: 'PROCESSING' });
    assert.equal(await told.received(), 0n);
    await end();
    await told.isPaid();
  }),
  story(
    'is short of funds for now, and pays under the same number later',
    ['our account is short of funds'],
    async (told) => {
      const end = await told.make('our account is short of funds');
      assert.equal(await stateOf(told.transfer()), 'SHORT_OF_FUNDS');
      assert.equal(await stateOf(told.transfer()), 'SHORT_OF_FUNDS');
      assert.equal(await told.received(), 0n);
      await end();
      await told.transfer();
      await told.isPaid();
    },
  ),
];

const COMING_BACK: readonly ConformanceCase<WithTransfers>[] = [
  story(
    'says that a transfer came back, and does not pay it again',
    ['transfers come back'],
    async (told) => {
      await told.transfer();
      await told.isPaid();
      await told.bench.giveBack(told.request.outTransferNo);
      for (const known of [await told.query(), await told.transfer(), await told.query()]) {
        assert.equal(known.state, 'RETURNED');
        assert.equal(known.amount, AMOUNT);
        assert.notEqual(known.channelTransferNo, '');
      }
      assert.equal(await told.received(), 0n);
    },
  ),
  story('takes back nothing that the payee has', [], async (told) => {
    await told.transfer();
    await told.isPaid();
    assert.equal(await stateOf(told.cancel()), 'SUCCEEDED');
    await told.isPaid();
  }),
  story('waits for the payee, and says what the app is opened with', ['payees confirm'], async (told) => {
    await waiting(told);
    assert.equal(await told.received(), 0n);
    await told.bench.confirm(told.request.outTransferNo);
    await told.isPaid();
  }),
  story('takes back for good what the payee has not confirmed', ['payees confirm'], async (told) => {
    await waiting(told);
    await told.cancel();
    const isCancelled = async () => (await told.endOf(await told.query())).state === 'CANCELLED';
    assert.ok(await isCancelled());
    await told.bench.confirm(told.request.outTransferNo);
    await told.transfer();
    assert.ok(await isCancelled());
    assert.equal(await stateOf(told.cancel()), 'CANCELLED');
    assert.equal(await told.received(), 0n);
  }),
];

async function waiting(told: Story): Promise<void> {
  const answer = await told.transfer();
  const known = await eventually(`transfer ${told.request.outTransferNo} waits for its payee`, async () => {
    const asked = answer.state === 'AWAITS_PAYEE' ? answer : await told.transfer();
    return asked.state === 'AWAITS_PAYEE' && asked;
  });
  assert.ok(known.confirmation, 'There is something to open the app with');
  assert.equal(await stateOf(told.query()), 'AWAITS_PAYEE');
}

export const TRANSFER_CASES: readonly ConformanceCase<WithTransfers>[] = [
  ...PAYING,
  ...TROUBLE,
  ...COMING_BACK,
];
