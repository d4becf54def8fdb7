import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, it, jest } from '@jest/globals';
import {
  CHANNEL_DRIVERS,
  type ChannelBench,
  type PayCredential,
  type PaymentChannel,
  type RawNotify,
  type TradeNumbers,
  type Trouble,
  type Without,
  describePaymentChannel,
  loadChannelAccounts,
} from '#libs/payments';
import { eventually } from '#libs/testing';
import { sandboxAccounts } from '../../scripts/launcher/sandbox-accounts.mjs';
import { SandboxTransfers } from './support/sandbox-transfers.js';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 60 * 60 * 1_000;
const FAULTS: Readonly<Partial<Record<Trouble, string>>> = {
  'refunds stay in process': 'refundInProcess',
  'refunds are abnormal': 'refundAbnormal',
  'our account is short of funds': 'notEnough',
  'no answer after the work': 'timeoutAfterWork',
  overloaded: 'overloaded',
};

let directory = '';
let sandbox: ChildProcess;
let sandboxUrl = '';
let door: Server;
/** By the path of its `notify_url`, which is the number that it tells of. */
const notifies = new Map<string, RawNotify>();

async function control(path: string, body?: unknown, method = 'POST'): Promise<Record<string, unknown>> {
  const response = await fetch(
    `${sandboxUrl}/control${path}`,
    body === undefined
      ? {}
      : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
  );
  const text = await response.text();
  if (!response.ok && response.status !== 404) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

async function startDoor(): Promise<void> {
  door = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      notifies.set((request.url ?? '').slice(1), { headers, body: Buffer.concat(chunks) });
      response.writeHead(200).end('success');
    });
  });
  await once(door.listen(0, '127.0.0.1'), 'listening');
}

async function startSandbox(): Promise<PaymentChannel[]> {
  directory = await mkdtemp(join(tmpdir(), 'channels-'));
  const data = join(directory, 'sandbox');
  const accounts = sandboxAccounts(join(directory, 'secrets'), data);
  sandbox = spawn(process.execPath, [resolve('dist/programs/apps/sandbox/src/main.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'test',
      NODE_OPTIONS: '',
      SANDBOX_PORT: '0',
      SANDBOX_DATA_DIR: data,
      SANDBOX_TIME_SCALE: '100000',
      SANDBOX_RATE_LIMIT: '10000',
      SANDBOX_MERCHANTS_FILE: accounts.merchantsFile,
    },
  });
  if (!sandbox.stdout) throw new Error('The sandbox has no output');
  for await (const line of createInterface({ input: sandbox.stdout })) {
    const port = /http:\/\/[\w.]+:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    sandboxUrl = `http://127.0.0.1:${port}`;
    break;
  }
  accounts.writeChannels(sandboxUrl);
  await loseNoTimeWithSilence(accounts.channelsFile);
  return loadChannelAccounts(accounts.channelsFile, CHANNEL_DRIVERS).map(({ channel }) => channel);
}

/** Of a channel that never answers enough is seen sooner. */
async function loseNoTimeWithSilence(channelsFile: string): Promise<void> {
  const { accounts } = JSON.parse(await readFile(channelsFile, 'utf8')) as {
    accounts: { settings: object }[];
  };
  const hasty = accounts.map((account) => ({
    ...account,
    settings: { ...account.settings, timeoutMs: 2_000 },
  }));
  await writeFile(channelsFile, JSON.stringify({ accounts: hasty }));
}

/** A buyer and a merchant at the sandbox, which runs as a process of its own. */
class SandboxBench implements ChannelBench {
  readonly channel: PaymentChannel;
  readonly transfers: SandboxTransfers;
  private static last = 1_234_567_890_000;
  private readonly held = new Set<string>();
  private readonly refundOf = new Map<string, string>();

  constructor(
    private readonly real: PaymentChannel,
    private readonly another: Readonly<Record<string, string>>,
  ) {
    this.transfers = new SandboxTransfers(real.name, control);
    const notifyUrl = (number: string) =>
      `http://127.0.0.1:${(door.address() as AddressInfo).port}/${number}`;
    // The channel itself, but its notifies come to our door, and a refund is waited for as long as the channel takes.
    this.channel = Object.assign(Object.create(real) as PaymentChannel, {
      prepay: (request: Parameters<PaymentChannel['prepay']>[0]) =>
        real.prepay({ ...request, notifyUrl: notifyUrl(request.outTradeNo) }),
      query: real.query.bind(real),
      close: real.close.bind(real),
      queryRefund: real.queryRefund.bind(real),
      downloadBill: real.downloadBill.bind(real),
      verifyNotify: real.verifyNotify.bind(real),
      feeOf: real.feeOf.bind(real),
      refund: async (request: Parameters<PaymentChannel['refund']>[0]) => {
        this.refundOf.set(request.outTradeNo, request.outRefundNo);
        const answer = await real.refund({ ...request, notifyUrl: notifyUrl(request.outRefundNo) });
        if (!this.held.has(request.outTradeNo)) await this.untilDecided(request.outRefundNo);
        return answer;
      },
    });
  }

  newNumber(): string {
    SandboxBench.last += 1;
    return String(SandboxBench.last);
  }

  async open(_outTradeNo: string, { payUrl, codeUrl }: PayCredential): Promise<void> {
    const page = this.real.name === 'alipay' ? (payUrl ?? codeUrl) : null;
    if (page !== null) await (await fetch(page)).text();
  }

  async pay(outTradeNo: string): Promise<void> {
    const { status } = await control(`/trades/${outTradeNo}/pay`, { notify: 'never' });
    if (status === 404) throw new Error(`The sandbox does not know ${outTradeNo}`);
  }

  async make(trouble: Trouble, number: string): Promise<() => Promise<void>> {
    if (trouble === 'the bill is not ready') {
      await control(`/bills/${number}`, { state: 'creating' });
      return async () => void (await control(`/bills/${number}`, { state: 'ready' }));
    }
    const fault = FAULTS[trouble] ?? '';
    if (trouble === 'refunds stay in process') this.held.add(number);
    await control(`/trades/${number}/faults`, { faults: { [fault]: 100 } });
    return async () => {
      await control(`/trades/${number}/faults`, { faults: { [fault]: 0 } });
      if (this.held.delete(number)) await control(`/refunds/${this.refundOf.get(number)}/settle`, {});
    };
  }

  tradeNotify = (outTradeNo: string) => this.notify(outTradeNo, outTradeNo, {});
  refundNotify = ({ outTradeNo, outRefundNo }: TradeNumbers) =>
    this.notify(outTradeNo, outRefundNo, { outRefundNo });
  notifyForAnother = (outTradeNo: string) => this.notify(outTradeNo, outTradeNo, { fields: this.another });
  staleNotify = (outTradeNo: string) => this.notify(outTradeNo, outTradeNo, { malform: 'stale' });

  async billOf(made: readonly unknown[]): Promise<string> {
    // Today's trades are today's bill, before its time; nobody paid anything the day before yesterday.
    const at = Date.now() + BEIJING_MS - (made.length === 0 ? 2 * DAY_MS : 0);
    const day = new Date(at).toISOString().slice(0, 10);
    await control(`/bills/${day}`, { state: 'ready' });
    return day;
  }

  private async notify(outTradeNo: string, about: string, order: object): Promise<RawNotify> {
    await control(`/trades/${outTradeNo}/notifies`, order);
    const notify = notifies.get(about);
    if (!notify) throw new Error(`No notify about ${about} came`);
    return notify;
  }

  private untilDecided(outRefundNo: string): Promise<unknown> {
    return eventually(`the refund ${outRefundNo} to be decided`, async () => {
      const { state } = await control(`/refunds/${outRefundNo}`);
      return state !== 'PROCESSING';
    });
  }
}

const benches = new Map<string, SandboxBench>();
beforeAll(async () => {
  await startDoor();
  for (const channel of await startSandbox()) {
    const another: Readonly<Record<string, string>> =
      channel.name === 'alipay'
        ? { app_id: '2021000000000666', seller_id: '2088000000000666' }
        : { mchid: '1900000666', appid: 'wx6660000000000000' };
    benches.set(channel.accountId, new SandboxBench(channel, another));
  }
}, 60_000);
afterAll(async () => {
  const ended = once(sandbox, 'exit');
  sandbox.kill();
  await ended;
  door.closeAllConnections();
  door.close();
  await rm(directory, { recursive: true, force: true });
});

function benchOf(accountId: string): SandboxBench {
  const bench = benches.get(accountId);
  if (!bench) throw new Error(`No account ${accountId} was opened`);
  return bench;
}

const ALIPAY: Without = {
  'refunds are abnormal': "Alipay's refund query says nothing of a refund that has not succeeded",
  'refund notifies': 'Alipay sends no notify about a refund',
  'stale notifies': "the time in Alipay's notifies is no limit to their age",
  'payees confirm': 'Alipay pays without asking the payee',
};
const WECHAT: Without = { 'transfers come back': 'what is in a WeChat wallet is not sent back' };

describePaymentChannel('Alipay at the sandbox', ALIPAY, () => benchOf('alipay-main'), { describe, it });
describePaymentChannel('WeChat Pay at the sandbox', WECHAT, () => benchOf('wechat-main'), {
  describe,
  it,
});
describePaymentChannel(
  'Alipay at the sandbox, with certificates',
  { ...ALIPAY, 'no answer after the work': 'an answer that never comes is signed in neither mode' },
  () => benchOf('alipay-second'),
  { describe, it },
);
