import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Bare } from '../recharge/bare.js';
import { type Latencies, latenciesOf, runConcurrently } from '../recharge/figures.js';
import { closeConnections, sendForm, sendJson } from '../recharge/json-client.js';
import { signedNotify } from './signed-notify.js';

export interface NotifyBenchOptions {
  readonly gatewayUrl: string;
  readonly mysqlUrl: string;
  readonly barePrefix: string;
  /** Our accounts, as payment reads them; the first at Alipay is notified. */
  readonly channelsFile: string;
  /** The simulated Alipay's own key, PEM: notifies are signed before the clock runs. */
  readonly alipayKeyFile: string;
  readonly perRound: number;
}

export interface NotifyBenchResult {
  /** Verified, committed and answered with `success`. */
  readonly perSecond: number;
  readonly answer: Latencies;
  readonly barePerSecond: number;
  readonly ratio: number;
}

const CONCURRENCY = 32;
const MERCHANTS = 20;
const ROUNDS = 3;

/**
 * Notifies through the whole platform (gateway, Redis, payment; the wallet credits meanwhile) beside a bare process that
 * verifies the same signatures and commits the same rows. Both in turns; the median round counts.
 */
export async function benchNotify(options: NotifyBenchOptions): Promise<NotifyBenchResult> {
  const bare = new Bare(options.mysqlUrl, options.barePrefix);
  await bare.open();
  try {
    await platformRound(options, Math.ceil(options.perRound / 4));
    await bare.runNotifies(Math.ceil(options.perRound / 4), CONCURRENCY);
    const rounds: { perSecond: number; answer: Latencies }[] = [];
    const bareRounds: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(await platformRound(options, options.perRound));
      bareRounds.push(await bare.runNotifies(options.perRound, CONCURRENCY));
    }
    const middle = rounds.sort((a, b) => a.perSecond - b.perSecond)[ROUNDS >> 1];
    const barePerSecond = bareRounds.sort((a, b) => a - b)[ROUNDS >> 1];
    if (!middle || barePerSecond === undefined) throw new Error('No round was run');
    return { ...middle, barePerSecond, ratio: middle.perSecond / barePerSecond };
  } finally {
    await bare.close();
    closeConnections();
  }
}

async function platformRound(
  options: NotifyBenchOptions,
  count: number,
): Promise<{ perSecond: number; answer: Latencies }> {
  const forms = await signedForms(options, count);
  const times: number[] = [];
  const startedAt = performance.now();
  await runConcurrently(count, CONCURRENCY, async (index) => {
    const sentAt = performance.now();
    const reply = await sendForm(`${options.gatewayUrl}/v1/notify/alipay`, forms[index] ?? '');
    times.push(performance.now() - sentAt);
    if (reply.text !== 'success') throw new Error(`A notify was answered ${reply.status}: ${reply.text}`);
  });
  return {
    perSecond: count / ((performance.now() - startedAt) / 1_000),
    answer: latenciesOf(times),
  };
}

/** Orders that wait for their payment, and what the channel will say of each. */
async function signedForms(options: NotifyBenchOptions, count: number): Promise<string[]> {
  const { accounts } = JSON.parse(readFileSync(options.channelsFile, 'utf8')) as {
    accounts: { id: string; channel: string; settings: { appId: string; sellerId: string } }[];
  };
  const settings = new Map(accounts.map((account) => [account.settings.appId, account.settings]));
  const key = createPrivateKey(readFileSync(options.alipayKeyFile));
  const tokens = await Promise.all(Array.from({ length: MERCHANTS }, () => newMerchant(options.gatewayUrl)));
  const forms: string[] = [];
  await runConcurrently(count, CONCURRENCY, async (index) => {
    const accessToken = tokens[index % MERCHANTS] ?? '';
    const order = await sendJson(`${options.gatewayUrl}/v1/recharges`, {
      headers: { authorization: `Bearer ${accessToken}`, 'idempotency-key': randomUUID() },
      body: { amount: '50.00', channel: 'alipay', method: 'page' },
    });
    if (order.status !== 201) throw new Error(`Create answered ${order.status}`);
    const { outTradeNo, payUrl } = order.body as { outTradeNo: string; payUrl: string };
    const account = settings.get(new URL(payUrl).searchParams.get('app_id') ?? '');
    if (!account) throw new Error(`Order ${outTradeNo} belongs to no account of the file`);
    forms.push(signedNotify(outTradeNo, account, key));
  });
  return forms;
}

/** @returns an access token. */
async function newMerchant(gatewayUrl: string): Promise<string> {
  const { body } = await sendJson(`${gatewayUrl}/v1/auth/register`, {
    body: { email: `bench-${randomUUID()}@load.test`, password: 'Bench-pass-1', kind: 'merchant' },
  });
  return (body as { accessToken: string }).accessToken;
}
