import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Latencies, latenciesOf } from '../recharge/figures.js';
import type { ReplicaFigures, ReplicaTask } from './buffer-replica.js';

export interface BufferFigures {
  readonly prepays: number;
  /** Answered with a code to show. */
  readonly done: number;
  readonly perSecond: number;
  /** In line, before the work is begun. */
  readonly wait: Latencies;
  /** Calls that the channel turned away for being too many. */
  readonly refusals: number;
  /** The most that the channel has counted in any second. */
  readonly highestInOneSecond: number;
  /** How the others ended. */
  readonly failures: Readonly<Record<string, number>>;
}

/** The rate that the sandbox allows, and that the line keeps. */
export const RATE_PER_SECOND = 100;
const REPLICAS = 3;
const APP_ID = '2021000000000001';
const SELLER_ID = '2088000000000001';

/** So many prepays at once, in three processes, against one application of a sandbox of its own. */
export async function benchBuffer(options: { redisUrl: string; prepays: number }): Promise<BufferFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'clearbid-buffer-'));
  const children: ChildProcess[] = [];
  try {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const publicKeyFile = join(directory, 'app-public-key.pem');
    const privateKeyFile = join(directory, 'app-private-key.pem');
    await writeFile(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
    const merchantsFile = join(directory, 'merchants.json');
    const application = { appId: APP_ID, sellerId: SELLER_ID, publicKeyFile };
    await writeFile(merchantsFile, JSON.stringify({ alipay: [application] }));
    await writeFile(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const sandboxUrl = await startSandbox(children, directory, merchantsFile);
    const task = (replica: number): ReplicaTask => ({
      redisUrl: options.redisUrl,
      line: `bench-${process.pid}`,
      limits: { ratePerSecond: RATE_PER_SECOND, maxInFlight: 80 },
      prepays: Math.floor((options.prepays + replica) / REPLICAS),
      gatewayUrl: `${sandboxUrl}/gateway.do`,
      appId: APP_ID,
      sellerId: SELLER_ID,
      privateKeyFile,
      alipayPublicKeyFile: join(directory, 'keys', 'alipay-public-key.pem'),
    });
    const replicas: ChildProcess[] = [];
    for (let replica = 0; replica < REPLICAS; replica += 1)
      replicas.push(await startChild(children, './buffer-replica.js', [JSON.stringify(task(replica))]));
    const figures = await Promise.all(
      replicas.map(async (child) => {
        child.send('go');
        return answerOf(child) as Promise<ReplicaFigures>;
      }),
    );
    return { ...summaryOf(figures), prepays: options.prepays, ...(await limitOf(sandboxUrl)) };
  } finally {
    await Promise.all(children.map(end));
    await rm(directory, { recursive: true, force: true });
  }
}

/** The rate that is kept: the first calls of an empty line go faster. */
function summaryOf(
  figures: readonly ReplicaFigures[],
): Pick<BufferFigures, 'done' | 'perSecond' | 'wait' | 'failures'> {
  const begun = figures.flatMap(({ begunAt }) => begunAt).sort((a, b) => a - b);
  const failures: Record<string, number> = {};
  for (const failure of figures.flatMap((replica) => replica.failures))
    failures[failure] = (failures[failure] ?? 0) + 1;
  const kept = begun.slice(RATE_PER_SECOND);
  const seconds = ((kept.at(-1) ?? NaN) - (kept[0] ?? NaN)) / 1_000;
  return {
    done: figures.reduce((sum, { done }) => sum + done, 0),
    perSecond: (kept.length - 1) / seconds,
    wait: latenciesOf(figures.flatMap(({ waitedMs }) => waitedMs)),
    failures,
  };
}

async function limitOf(sandboxUrl: string): Promise<Pick<BufferFigures, 'refusals' | 'highestInOneSecond'>> {
  const response = await fetch(`${sandboxUrl}/control/stats`);
  const { alipayLimit } = (await response.json()) as {
    alipayLimit: Record<string, { refused: number; highestInOneSecond: number }>;
  };
  const { refused = NaN, highestInOneSecond = NaN } = alipayLimit[APP_ID] ?? {};
  return { refusals: refused, highestInOneSecond };
}

async function startSandbox(
  children: ChildProcess[],
  directory: string,
  merchantsFile: string,
): Promise<string> {
  const entry = fileURLToPath(new URL('../../../apps/sandbox/src/main.js', import.meta.url));
  const child = fork(entry, [], {
    env: {
      ...process.env,
      SANDBOX_PORT: '0',
      SANDBOX_PUBLIC_URL: '',
      SANDBOX_MERCHANTS_FILE: merchantsFile,
      SANDBOX_DATA_DIR: directory,
      SANDBOX_RATE_LIMIT: String(RATE_PER_SECOND),
      LOG_LEVEL: 'warn',
    },
  });
  children.push(child);
  const { url } = (await answerOf(child)) as { url: string };
  return url;
}

async function startChild(children: ChildProcess[], file: string, args: string[]): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args);
  children.push(child);
  await answerOf(child);
  return child;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  try {
    const ended = once(child, 'exit', { signal: waiting.signal }).then(([code]) => {
      throw new Error(`A process of the benchmark ended with ${String(code)}`);
    });
    const [message] = (await Promise.race([
      once(child, 'message', { signal: waiting.signal }),
      ended,
    ])) as unknown[];
    return message;
  } finally {
    waiting.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
