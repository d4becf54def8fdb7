import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareMariadbTemplate } from '../../../scripts/launcher/mariadb.mjs';
import { stopLeftover } from '../../../scripts/launcher/private-server.mjs';
import { isAlive } from '../../../scripts/launcher/processes.mjs';
import { ROOT } from '../../../scripts/launcher/root.mjs';
import { startStack } from '../../../scripts/launcher/stack.mjs';
import { ApiClient, type ApiClientOptions } from './api-client.js';
import { counterTotal } from './counter-total.js';
import { ProcessLogs } from './process-logs.js';
import { SandboxClient } from './sandbox-client.js';

type Stack = Awaited<ReturnType<typeof startStack>>;
type Environment = Readonly<Record<string, string>>;
export type ServiceName = keyof Stack['services'];

export interface TestStackOptions {
  /** Of identity, payment, wallet, withdrawal and gateway each, or of those named (of the others 1); 2. */
  readonly replicas?: number | Partial<Record<ServiceName, number>>;
  /** On top of the quick settings, for every process or by its name (`payment-1`); has the last word. */
  readonly env?: Environment | ((name: string) => Environment);
  /** Whether services and private servers that die are started again by themselves; true. */
  readonly autoRestart?: boolean;
  /** Whether Redis keeps its data over a restart; false. */
  readonly redisAppendonly?: boolean;
  /** The sandbox's notify ladder runs that many times faster; 600: the first repetition comes after 400 ms. */
  readonly timeScale?: number;
}

/** The whole product, with servers and a folder of its own. See `startStack` for the parts. */
export interface TestStack extends Omit<Stack, 'stop'> {
  /** Keys (`secrets/`, `sandbox/keys/`), the servers' data and the sandbox's books. */
  readonly dataDir: string;
  /** Every line that any process has written. */
  readonly logs: ProcessLogs;
  readonly sandboxClient: SandboxClient;
  /** A client over all gateways, taking turns. */
  api(options?: ApiClientOptions): ApiClient;
  /** A counter added up over the replicas of a service: `counter('payment', 'clearbid_payment_notifies_total', { result: 'ACCEPTED' })`. */
  counter(service: ServiceName, name: string, labels?: Environment): Promise<number>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

/** What is minutes in production is seconds here, so that no test waits for it; and no limit gets in a test's way. */
const QUICK: Readonly<Record<string, Environment>> = {
  gateway: {
    RATE_LIMIT_PER_ADDRESS: '1000000',
    RATE_LIMIT_PER_ACCOUNT: '1000000',
    RATE_LIMIT_AUTH: '1000000',
    RATE_LIMIT_NOTIFY: '1000000',
    PUSH_SESSION_CHECK_MS: '300',
  },
  payment: {
    RECHARGE_EXPIRY_SECONDS: '60',
    QUERY_LADDER_SECONDS: '1,2,3,5,8,13,21,34',
    EXPIRY_GRACE_SECONDS: '1',
    LAST_LOOK_SECONDS: '2',
    SWEEP_EVERY_MS: '200',
    // As with a real channel: a page payment begins when the buyer opens it.
    SANDBOX_PREOPENS_PAGES: 'false',
  },
  wallet: { MATURITY_EVERY_MS: '300' },
  withdrawal: {
    SWEEP_EVERY_MS: '200',
    PAYOUT_RETRY_SECONDS: '0.3',
    PAYOUT_LOOK_AGAIN_SECONDS: '1,2,4,8,16,32',
  },
};
const QUICK_TIME_SCALE = 600;

const PREFIX = 'clearbid-stack-';

/**
 * Starts the compiled product (`dist`) on free ports, as `npm start` does it, but quick: see `QUICK`. With
 * `TEST_LOGS=1` every line of every process is shown.
 */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  await clearLeftovers();
  const dataDir = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const logs = new ProcessLogs();
  const { env } = options;
  try {
    const stack = await startStack({
      root: ROOT,
      dataDir,
      replicas: options.replicas ?? 2,
      ...(await template()),
      redisAppendonly: options.redisAppendonly ?? false,
      autoRestart: options.autoRestart ?? true,
      timeScale: options.timeScale ?? QUICK_TIME_SCALE,
      env: (name) => ({
        ...QUICK[name.split('-')[0] ?? ''],
        ...(typeof env === 'function' ? env(name) : env),
      }),
      onLog: (name, line) => {
        logs.take(name, line);
        if (process.env['TEST_LOGS'] === '1') process.stderr.write(`${name}: ${line}\n`);
      },
    });
    return {
      ...stack,
      dataDir,
      logs,
      sandboxClient: new SandboxClient(stack.urls.sandbox ?? ''),
      api: (clientOptions) => new ApiClient(stack.urls.gateways, clientOptions),
      counter: async (service, name, labels) => {
        const ready = await Promise.all(stack.services[service].map((handle) => handle.ready));
        return counterTotal(
          ready.map(({ url }) => `${url}/metrics`),
          name,
          labels,
        );
      },
      stop: async () => {
        await stack.stop();
        await rm(dataDir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/**
 * A data folder to copy: the run's own, migrated and seeded, or an empty one, made once on a machine. Making one takes
 * longer than all the rest.
 */
async function template(): Promise<{ mariadbTemplate: string; schemasAreReady: boolean }> {
  const prepared = process.env['TEST_STACK_TEMPLATE'];
  if (prepared !== undefined) return { mariadbTemplate: prepared, schemasAreReady: true };
  const empty = await prepareMariadbTemplate(join(ROOT, '.clearbid', 'test', 'mariadb-template'));
  return { mariadbTemplate: empty, schemasAreReady: false };
}

/** A test run that was killed couldn't stop its servers; services end by themselves when their parent is gone. */
async function clearLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? /^\d+/.exec(name.slice(PREFIX.length))?.[0] : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    for (const server of ['mysql', 'redis']) {
      if (existsSync(join(folder, server))) await stopLeftover(join(folder, server));
    }
    await rm(folder, { recursive: true, force: true });
  }
}
