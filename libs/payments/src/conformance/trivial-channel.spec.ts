import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadChannelAccounts } from '../channel-accounts-file.js';
import { CHANNEL_DRIVERS } from '../channels.js';
import type { RawNotify } from '../payment-channel.js';
import { CashDesk, cashDeskDriver } from './cash-desk.js';
import { type ChannelBench, type Without, describePaymentChannel } from './index.js';

const directory = mkdtempSync(join(tmpdir(), 'cash-desk-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The one line of registration, and what an operator writes: nothing else knows of the desk. */
function openDesk(): CashDesk {
  const drivers = { ...CHANNEL_DRIVERS, 'cash-desk': cashDeskDriver };
  const account = { id: 'desk-main', channel: 'cash-desk', settings: { secretFile: 'secret.txt' } };
  writeFileSync(join(directory, 'secret.txt'), 'open sesame\n');
  writeFileSync(join(directory, 'channels.json'), JSON.stringify({ accounts: [account] }));
  const [opened] = loadChannelAccounts(join(directory, 'channels.json'), drivers);
  if (!(opened?.channel instanceof CashDesk)) throw new Error('No desk was opened');
  return opened.channel;
}

class DeskBench implements ChannelBench {
  channel = openDesk();
  readonly transfers = null;
  private last = 1_000;

  newNumber(): string {
    this.last += 1;
    return String(this.last);
  }

  async open(): Promise<void> {
    // The desk knows a trade as soon as it is prepaid.
  }

  async pay(outTradeNo: string): Promise<void> {
    const trade = this.channel.trades.get(outTradeNo);
    if (trade?.state !== 'WAITING') throw new Error(`${outTradeNo} can't be paid`);
    Object.assign(trade, { state: 'PAID', paidAt: new Date() });
  }

  make(): Promise<never> {
    throw new Error('A desk in memory has no such trouble');
  }

  tradeNotify = async (outTradeNo: string) => this.notify('desk-main', outTradeNo);
  notifyForAnother = async (outTradeNo: string) => this.notify('desk-other', outTradeNo);
  refundNotify = () => this.make();
  staleNotify = () => this.make();

  async billOf(made: readonly { outTradeNo: string }[]): Promise<string> {
    const listed = new Set(made.map(({ outTradeNo }) => outTradeNo));
    for (const outTradeNo of this.channel.trades.keys()) {
      if (!listed.has(outTradeNo)) this.channel.trades.delete(outTradeNo);
    }
    return '2026-11-20';
  }

  private notify(desk: string, outTradeNo: string): RawNotify {
    const body = Buffer.from(JSON.stringify({ desk, outTradeNo }));
    return { headers: { 'x-signature': this.channel.sign(body).toString('hex') }, body };
  }
}

const WITHOUT: Without = {
  'refunds stay in process': 'cash changes hands at once',
  'refunds are abnormal': 'cash always arrives',
  'our account is short of funds': 'the desk gives back what it took',
  'no answer after the work': 'there is no network',
  overloaded: 'there is no limit',
  'the bill is not ready': 'the desk writes as it goes',
  'refund notifies': 'the buyer stands at the desk',
  'stale notifies': 'its notifies carry no time',
  transfers: 'a desk takes money and pays none out',
};

const bench = new DeskBench();
describePaymentChannel('The cash desk', WITHOUT, () => bench, { describe, it });

/** The cases that this desk fails. */
async function failuresOf(desk: CashDesk): Promise<string[]> {
  const own = new DeskBench();
  own.channel = desk;
  const cases: { name: string; body: () => void | Promise<void> }[] = [];
  describePaymentChannel('A desk', WITHOUT, () => own, {
    describe: (_name, body) => body(),
    it: (name, body) => cases.push({ name, body }),
  });
  const failed: string[] = [];
  for (const { name, body } of cases) {
    try {
      await body();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

function givesTwice(desk: CashDesk): void {
  const refund = desk.refund.bind(desk);
  let times = 0;
  desk.refund = async (request) => {
    times += 1;
    await refund({ ...request, outRefundNo: `${request.outRefundNo}-${times}` });
    return refund(request);
  };
}

describe('the suite itself', () => {
  it('passes a channel that keeps its promises', async () => {
    expect(await failuresOf(openDesk())).toEqual([]);
  });

  it.each<[string, (desk: CashDesk) => void, string]>([
    ['gives a refund twice', givesTwice, 'gives nothing twice under one number'],
    [
      'throws what it likes',
      (desk) => (desk.prepay = () => Promise.reject(new TypeError('oops'))),
      'refuses amounts that are no whole number of fen',
    ],
    [
      'believes every notify',
      (desk) => (desk.sign = () => Buffer.alloc(0)),
      'refuses what is no notify, in words and without an exception',
    ],
    [
      'closes what was paid',
      (desk) => (desk.close = () => Promise.resolve({ state: 'CLOSED' })),
      'does not close a paid trade: the buyer was faster',
    ],
  ])('finds a channel that %s', async (_what, spoil, words) => {
    const desk = openDesk();
    spoil(desk);
    expect(await failuresOf(desk)).toContain(words);
  });
});
