import assert from 'node:assert/strict';
import {
  AMOUNT,
  type ConformanceCase,
  decided,
  failureOf,
  paid,
  refundOf,
  stateOf,
} from './conformance-world.js';

export const REFUND_CASES: readonly ConformanceCase[] = [
  {
    words: 'gives a payment back whole',
    run: async (bench) => {
      const refund = refundOf(bench, await paid(bench));
      const answer = await bench.channel.refund(refund);
      assert.ok(['SUCCEEDED', 'PROCESSING'].includes(answer.state), answer.state);
      const known = await decided(bench, refund);
      assert.equal(known.state, 'SUCCEEDED');
      assert.equal(known.amount, AMOUNT);
    },
  },
  {
    words: 'gives back in parts, each with its own amount, up to the whole and no further',
    run: async (bench) => {
      const outTradeNo = await paid(bench);
      for (const amount of [20_000_000n, 29_990_000n, 10_000n]) {
        const part = refundOf(bench, outTradeNo, amount);
        await bench.channel.refund(part);
        const known = await decided(bench, part);
        assert.equal(known.state, 'SUCCEEDED');
        assert.equal(known.amount, amount);
      }
      const tooMuch = refundOf(bench, outTradeNo, 10_000n);
      assert.equal(await stateOf(bench.channel.refund(tooMuch)), 'FAILED');
      assert.equal(await stateOf(bench.channel.queryRefund(tooMuch)), 'NOT_FOUND');
    },
  },
  {
    words: 'gives nothing twice under one number',
    run: async (bench) => {
      const outTradeNo = await paid(bench);
      const half = refundOf(bench, outTradeNo, AMOUNT / 2n);
      for (let turn = 0; turn < 3; turn += 1) await bench.channel.refund(half);
      assert.equal(await stateOf(decided(bench, half)), 'SUCCEEDED');
      // Had it been given more than once, the other half would not be there any more.
      const otherHalf = refundOf(bench, outTradeNo, AMOUNT / 2n);
      await bench.channel.refund(otherHalf);
      assert.equal(await stateOf(decided(bench, otherHalf)), 'SUCCEEDED');
    },
  },
  {
    words: 'fails a refund of more than was paid, and of a trade that it does not know',
    run: async (bench) => {
      const outTradeNo = await paid(bench);
      assert.equal(
        await stateOf(bench.channel.refund(refundOf(bench, outTradeNo, AMOUNT + 10_000n))),
        'FAILED',
      );
      assert.equal(await stateOf(bench.channel.refund(refundOf(bench, bench.newNumber()))), 'FAILED');
    },
  },
  {
    words: 'knows no refund that was never asked for',
    run: async (bench) => {
      const numbers = { outTradeNo: await paid(bench), outRefundNo: bench.newNumber() };
      assert.deepEqual(await bench.channel.queryRefund(numbers), { state: 'NOT_FOUND' });
    },
  },
  {
    words: 'keeps a refund in process until it is decided',
    needs: ['refunds stay in process'],
    run: async (bench) => {
      const refund = refundOf(bench, await paid(bench));
      const end = await bench.make('refunds stay in process', refund.outTradeNo);
      assert.equal(await stateOf(bench.channel.refund(refund)), 'PROCESSING');
      assert.notEqual(await stateOf(bench.channel.queryRefund(refund)), 'SUCCEEDED');
      await end();
      assert.equal(await stateOf(decided(bench, refund)), 'SUCCEEDED');
    },
  },
  {
    words: 'says that a refund needs somebody to act, which is no end',
    needs: ['refunds are abnormal'],
    run: async (bench) => {
      const refund = refundOf(bench, await paid(bench));
      const end = await bench.make('refunds are abnormal', refund.outTradeNo);
      await bench.channel.refund(refund);
      assert.equal(await stateOf(decided(bench, refund)), 'ABNORMAL');
      await end();
    },
  },
  {
    words: 'is short of funds for now, and gives the money under the same number later',
    needs: ['our account is short of funds'],
    run: async (bench) => {
      const refund = refundOf(bench, await paid(bench));
      const end = await bench.make('our account is short of funds', refund.outTradeNo);
      assert.equal(await stateOf(bench.channel.refund(refund)), 'SHORT_OF_FUNDS');
      await end();
      await bench.channel.refund(refund);
      assert.equal(await stateOf(decided(bench, refund)), 'SUCCEEDED');
    },
  },
  {
    words: 'finds a refund whose answer was lost',
    needs: ['no answer after the work'],
    run: async (bench) => {
      const refund = refundOf(bench, await paid(bench));
      const end = await bench.make('no answer after the work', refund.outTradeNo);
      assert.equal((await failureOf(bench.channel.refund(refund))).kind, 'UNKNOWN');
      await end();
      assert.equal(await stateOf(decided(bench, refund)), 'SUCCEEDED');
    },
  },
];
