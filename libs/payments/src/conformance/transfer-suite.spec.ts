import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChannelTransfers } from '../channel-transfers.js';
import { SmallWechat } from '../wechat/testing/small-wechat.js';
import { WechatBench } from '../wechat/testing/wechat-bench.js';
import { describeTransfers } from './index.js';

const WITHOUT = { 'transfers come back': 'what is in a WeChat wallet is not sent back' };
const FEN = 10_000n;

let wechat: SmallWechat;
let bench: WechatBench;
beforeAll(async () => {
  wechat = await SmallWechat.listen();
  bench = new WechatBench(wechat);
});
afterAll(() => wechat.close());

/** Those of the cases, all or one, that a channel like this one fails. */
async function failuresOf(spoiled: Partial<ChannelTransfers>, only?: string): Promise<string[]> {
  const honest = bench.channel.transfers;
  const transfers: ChannelTransfers = {
    capabilities: honest.capabilities,
    transfer: (request) => honest.transfer(request),
    query: (number) => honest.query(number),
    cancel: (number) => honest.cancel(number),
    ...spoiled,
  };
  const world = { channel: { transfers }, transfers: bench.transfers, newNumber: () => bench.newNumber() };
  const cases: { name: string; body: () => void | Promise<void> }[] = [];
  describeTransfers(WITHOUT, () => world, {
    describe: (_name, body) => body(),
    it: (name, body) => cases.push({ name, body }),
  });
  const failed: string[] = [];
  for (const { name, body } of cases.filter((one) => only === undefined || one.name === only)) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

describe('the suite of transfers itself', () => {
  it('passes a channel that keeps its promises', async () => {
    expect(await failuresOf({})).toEqual([]);
  });

  it.each<[string, () => Partial<ChannelTransfers>, string]>([
    [
      'pays again under a number of its own',
      () => ({
        transfer: async (request) => {
          const again = { ...request, outTransferNo: `${request.outTransferNo}9` };
          const answer = await bench.channel.transfers.transfer(again);
          if (answer.state === 'AWAITS_PAYEE') await bench.transfers.confirm(again.outTransferNo);
          if (answer.state === 'PROCESSING') await bench.channel.transfers.query(again.outTransferNo);
          return bench.channel.transfers.transfer(request);
        },
      }),
      'pays nothing twice under one number',
    ],
    [
      'pays about as much as it was asked for',
      () => ({
        transfer: ({ amount, ...request }) =>
          bench.channel.transfers.transfer({ ...request, amount: (amount / FEN) * FEN }),
      }),
      'refuses amounts that are no whole number of fen',
    ],
    [
      'takes no answer for a failure',
      () => ({
        transfer: (request) =>
          bench.channel.transfers
            .transfer(request)
            .catch(() => ({ state: 'FAILED', problem: 'REFUSED_BY_CHANNEL', message: '' })),
      }),
      'leaves a transfer unknown while no answer comes, then finds it',
    ],
    [
      'says that it has cancelled',
      () => ({ cancel: () => Promise.resolve({ state: 'CANCELLED' }) }),
      'takes back nothing that the payee has',
    ],
    [
      'takes nothing back',
      () => ({ cancel: (number) => bench.channel.transfers.query(number) }),
      'takes back for good what the payee has not confirmed',
    ],
  ])('finds a channel that %s', async (_what, spoil, words) => {
    expect(await failuresOf(spoil(), words)).toEqual([words]);
  });
});
