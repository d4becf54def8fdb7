import assert from 'node:assert/strict';
import {
  AMOUNT,
  type ConformanceCase,
  failureOf,
  methodsOf,
  paid,
  requestOf,
  stateOf,
  waiting,
  waysOf,
} from './conformance-world.js';

export const TRADE_CASES: readonly ConformanceCase[] = [
  {
    words: 'opens a trade by each of its methods, and gives one way to pay it',
    run: async (bench) => {
      for (const method of methodsOf(bench)) {
        const request = requestOf(bench, { method });
        assert.equal(waysOf(await bench.channel.prepay(request)), 1, method);
      }
    },
  },
  {
    words: 'opens no second trade when the same request is repeated',
    run: async (bench) => {
      const request = requestOf(bench);
      await bench.channel.prepay(request);
      await bench.open(request.outTradeNo, await bench.channel.prepay(request));
      await bench.pay(request.outTradeNo);
      assert.equal(await stateOf(bench.channel.query(request.outTradeNo)), 'PAID');
    },
  },
  {
    words: 'refuses amounts that are no whole number of fen',
    run: async (bench) => {
      const { kind } = await failureOf(bench.channel.prepay(requestOf(bench, { amount: 10_001n })));
      assert.equal(kind, 'REFUSED');
    },
  },
  {
    words: 'knows no trade that was never opened',
    run: async (bench) => {
      assert.deepEqual(await bench.channel.query(bench.newNumber()), { state: 'NOT_FOUND' });
      assert.deepEqual(await bench.channel.close(bench.newNumber()), { state: 'NOT_FOUND' });
    },
  },
  {
    words: 'waits for the buyer of an open trade',
    run: async (bench) => {
      assert.deepEqual(await bench.channel.query(await waiting(bench)), { state: 'WAITING' });
    },
  },
  {
    words: 'tells what was paid to the fen, from one fen up',
    run: async (bench) => {
      for (const amount of [10_000n, AMOUNT, 12_345_670_000n]) {
        const trade = await bench.channel.query(await paid(bench, { amount }));
        assert.equal(trade.state, 'PAID');
        assert.equal(trade.amount, amount);
        assert.notEqual(trade.channelTradeNo, '');
        assert.ok(Math.abs(trade.paidAt.getTime() - Date.now()) < 60_000, 'paid about now');
      }
    },
  },
  {
    words: 'closes an unpaid trade for good, and says so again',
    run: async (bench) => {
      const outTradeNo = await waiting(bench);
      assert.equal(await stateOf(bench.channel.close(outTradeNo)), 'CLOSED');
      assert.equal(await stateOf(bench.channel.close(outTradeNo)), 'CLOSED');
      assert.equal(await stateOf(bench.channel.query(outTradeNo)), 'CLOSED');
    },
  },
  {
    words: 'does not close a paid trade: the buyer was faster',
    run: async (bench) => {
      const trade = await bench.channel.close(await paid(bench));
      assert.equal(trade.state, 'PAID');
      assert.equal(trade.amount, AMOUNT);
    },
  },
  {
    words: 'leaves the outcome UNKNOWN when no answer comes',
    needs: ['no answer after the work'],
    run: async (bench) => {
      const outTradeNo = await waiting(bench);
      const end = await bench.make('no answer after the work', outTradeNo);
      assert.equal((await failureOf(bench.channel.close(outTradeNo))).kind, 'UNKNOWN');
      await end();
      assert.equal(await stateOf(bench.channel.query(outTradeNo)), 'CLOSED');
    },
  },
  {
    words: 'asks us to slow down when it is overloaded',
    needs: ['overloaded'],
    run: async (bench) => {
      const outTradeNo = await waiting(bench);
      const end = await bench.make('overloaded', outTradeNo);
      assert.equal((await failureOf(bench.channel.query(outTradeNo))).backOff, true);
      await end();
    },
  },
];
