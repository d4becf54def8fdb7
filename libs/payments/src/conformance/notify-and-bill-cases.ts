import assert from 'node:assert/strict';
import type { BillLine, RawNotify } from '../payment-channel.js';
import type { ChannelBench } from './channel-bench.js';
import { AMOUNT, type ConformanceCase, failureOf, paid, refundOf } from './conformance-world.js';

async function linesOf({ channel }: ChannelBench, day: string): Promise<BillLine[]> {
  const lines: BillLine[] = [];
  for await (const line of channel.downloadBill(day)) lines.push(line);
  return lines;
}

/** Every way in which one character differs would take long: one in the middle of each eighth stands for all. */
function tampered({ headers, body }: RawNotify): RawNotify[] {
  return Array.from({ length: 8 }, (_nothing, eighth) => {
    const changed = Buffer.from(body);
    const at = Math.floor(((eighth + 0.5) * body.length) / 8);
    changed[at] = changed[at] === 0x37 ? 0x38 : 0x37;
    return { headers, body: changed };
  });
}

export const NOTIFY_CASES: readonly ConformanceCase[] = [
  {
    words: 'accepts a notify about a payment, the second time as the first',
    run: async (bench) => {
      const outTradeNo = await paid(bench);
      const notify = await bench.tradeNotify(outTradeNo);
      const verdict = bench.channel.verifyNotify(notify);
      assert.ok(verdict.accepted && verdict.about === 'trade', JSON.stringify(verdict.accepted));
      assert.equal(verdict.outTradeNo, outTradeNo);
      assert.deepEqual(verdict.mismatches, []);
      assert.equal(verdict.trade.state, 'PAID');
      assert.equal(verdict.trade.amount, AMOUNT);
      assert.deepEqual(bench.channel.verifyNotify(notify), verdict);
    },
  },
  {
    words: 'accepts a notify about a refund, and tells which one',
    needs: ['refund notifies'],
    run: async (bench) => {
      const refund = refundOf(bench, await paid(bench));
      await bench.channel.refund(refund);
      const verdict = bench.channel.verifyNotify(await bench.refundNotify(refund));
      assert.ok(verdict.accepted && verdict.about === 'refund');
      assert.deepEqual([verdict.outTradeNo, verdict.outRefundNo], [refund.outTradeNo, refund.outRefundNo]);
    },
  },
  {
    words: 'refuses a notify that was changed on the way',
    run: async (bench) => {
      for (const notify of tampered(await bench.tradeNotify(await paid(bench)))) {
        assert.equal(bench.channel.verifyNotify(notify).accepted, false);
      }
    },
  },
  {
    words: 'refuses what is no notify, in words and without an exception',
    run: async (bench) => {
      const { headers } = await bench.tradeNotify(await paid(bench));
      for (const text of ['', '{}', 'null', '[]', '<xml/>', 'a=b&a=b', '%', '\u0000\uFFFD']) {
        const verdict = bench.channel.verifyNotify({ headers, body: Buffer.from(text) });
        assert.equal(verdict.accepted, false, text);
        assert.equal(
          bench.channel.verifyNotify({ headers: {}, body: Buffer.from(text) }).accepted,
          false,
          text,
        );
      }
    },
  },
  {
    words: 'tells what differs in a notify for somebody else',
    run: async (bench) => {
      const verdict = bench.channel.verifyNotify(await bench.notifyForAnother(await paid(bench)));
      assert.ok(verdict.accepted ? verdict.mismatches.length > 0 : verdict.reason === 'UNDECRYPTABLE');
    },
  },
  {
    words: 'refuses a notify that was signed long ago',
    needs: ['stale notifies'],
    run: async (bench) => {
      const verdict = bench.channel.verifyNotify(await bench.staleNotify(await paid(bench)));
      assert.ok(!verdict.accepted && verdict.reason === 'STALE');
    },
  },
];

export const BILL_CASES: readonly ConformanceCase[] = [
  {
    words: "lists a day's payments and refunds in its bill, exactly",
    needs: ['bills'],
    run: async (bench) => {
      const outTradeNo = await paid(bench);
      const refund = refundOf(bench, outTradeNo, 20_000_000n);
      await bench.channel.refund(refund);
      const day = await bench.billOf([{ outTradeNo }, refund]);
      const lines = (await linesOf(bench, day)).filter((line) => line.outTradeNo === outTradeNo);
      assert.deepEqual(
        lines.map(({ kind, amount, outRefundNo }) => [kind, amount, outRefundNo]),
        [
          ['payment', AMOUNT, null],
          ['refund', 20_000_000n, refund.outRefundNo],
        ],
      );
      assert.equal(lines[0]?.fee, bench.channel.feeOf(AMOUNT));
      assert.ok(lines.every(({ fee }) => fee >= 0n));
    },
  },
  {
    words: 'has nothing in the bill of a day without trades',
    needs: ['bills'],
    run: async (bench) => {
      assert.deepEqual(await linesOf(bench, await bench.billOf([])), []);
    },
  },
  {
    words: 'says that a bill is not ready, which is not the same as empty',
    needs: ['the bill is not ready'],
    run: async (bench) => {
      const day = await bench.billOf([]);
      const end = await bench.make('the bill is not ready', day);
      const { kind, channelCode } = await failureOf(linesOf(bench, day));
      assert.deepEqual([kind, channelCode], ['NOT_DONE', 'BILL_NOT_READY']);
      await end();
    },
  },
];
