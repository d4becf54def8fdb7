// @ts-check
import { join } from 'node:path';
import { freePort } from './ports.mjs';
import { Problem } from './problem.mjs';
import { sandboxAccounts } from './sandbox-accounts.mjs';
import { ensureSecrets } from './secrets.mjs';

/**
 * Gives everything its place: ports, key files, environments.
 *
 * @param {object} parts
 * @param {import('./stack.mjs').StackOptions} parts.options
 * @param {string} parts.dataDir
 * @param {number} parts.gatewayCount
 * @param {import('./servers.mjs').RunningServers} parts.servers
 * @throws {Problem} when a production has no channel
 */
export async function planProcesses({ options, dataDir, gatewayCount, servers }) {
  const inherited = inheritedEnvironment();
  // Somebody who has accounts at real channels doesn't want simulated ones.
  const needsSandbox = !inherited.PAYMENT_CHANNELS_FILE;
  if (needsSandbox && inherited.NODE_ENV === 'production') {
    throw new Problem(
      'With NODE_ENV=production no simulated channels are started: set PAYMENT_CHANNELS_FILE, see .env.example and README.',
    );
  }
  const secrets = ensureSecrets(join(dataDir, 'secrets'));
  /** @type {number[]} */
  const gatewayPorts = [];
  for (let index = 0; index < gatewayCount; index += 1) {
    gatewayPorts.push(
      options.ports?.gateway === undefined ? await freePort() : options.ports.gateway + index,
    );
  }
  const sandboxPort = needsSandbox ? (options.ports?.sandbox ?? (await freePort())) : undefined;
  const sandboxData = join(dataDir, 'sandbox');
  const accounts = sandboxAccounts(join(dataDir, 'secrets', 'channels'), sandboxData);
  const host = reachable(inherited.HOST);
  const gateways = gatewayPorts.map((port) => `http://${host}:${port}`);
  const sandbox = sandboxPort === undefined ? undefined : `http://${host}:${sandboxPort}`;
  const publicUrl = inherited.PUBLIC_URL || String(gateways[0]);

  /** @type {Record<string, Record<string, string>>} */
  const own = {
    gateway: {
      PUBLIC_URL: publicUrl,
      SESSION_PUBLIC_KEY_FILE: inherited.SESSION_PUBLIC_KEY_FILE || secrets.sessionPublicKey,
    },
    identity: {
      HEALTH_PORT: '0',
      SESSION_PRIVATE_KEY_FILE: inherited.SESSION_PRIVATE_KEY_FILE || secrets.sessionPrivateKey,
    },
    payment: {
      HEALTH_PORT: '0',
      PUBLIC_URL: publicUrl,
      WEBHOOK_KEY_FILE: inherited.WEBHOOK_KEY_FILE || secrets.webhookKey,
      ...(sandbox === undefined
        ? {}
        : {
            PAYMENT_CHANNELS_FILE: accounts.channelsFile,
            // A day can be compared before it is over, and a system on this machine can be told: it is all make-believe.
            RECONCILE_TODAY: inherited.RECONCILE_TODAY || 'true',
            WEBHOOK_ALLOW_PRIVATE: inherited.WEBHOOK_ALLOW_PRIVATE || 'true',
            SANDBOX_PREOPENS_PAGES: 'true',
          }),
    },
    wallet: { HEALTH_PORT: '0' },
    withdrawal: {
      HEALTH_PORT: '0',
      PAYOUT_KEYS_FILE: inherited.PAYOUT_KEYS_FILE || secrets.payoutKeys,
      ...(sandbox === undefined
        ? {}
        : {
            PAYMENT_CHANNELS_FILE: accounts.channelsFile,
            // Whoever tries it out need not wait for a day.
            PAYOUT_COOL_DOWN_HOURS: inherited.PAYOUT_COOL_DOWN_HOURS || '0',
            PAYEE_CONFIRM_URL: `${inherited.SANDBOX_PUBLIC_URL || sandbox}/mch-transfer/confirm?package={package}`,
          }),
    },
    sandbox: {
      SANDBOX_PORT: String(sandboxPort),
      SANDBOX_DATA_DIR: sandboxData,
      SANDBOX_MERCHANTS_FILE: accounts.merchantsFile,
      SANDBOX_PUBLIC_URL: inherited.SANDBOX_PUBLIC_URL || String(sandbox),
      ...(options.timeScale === undefined ? {} : { SANDBOX_TIME_SCALE: String(options.timeScale) }),
    },
  };
  return {
    /** Addresses on this machine. */
    gateways,
    /** Undefined when real channels are configured. */
    sandbox,
    /** Tells payment of our accounts at the sandbox, once that has made its keys. */
    writeChannels: () => accounts.writeChannels(String(sandbox).replace('localhost', '127.0.0.1')),
    /**
     * @param {string} name such as `wallet-1` or `wallet-migrate`
     * @returns {NodeJS.ProcessEnv}
     */
    envOf: (name) => {
      const [app = '', replica = ''] = name.split('-');
      return {
        ...inherited,
        MYSQL_URL: servers.mysqlUrl,
        REDIS_URL: servers.redisUrl,
        REPLICA: name,
        ...own[app],
        ...(app === 'gateway' ? { PORT: String(gatewayPorts[Number(replica) - 1] ?? 0) } : {}),
        ...(typeof options.env === 'function' ? options.env(name) : options.env),
      };
    },
  };
}

/** What a test runner sets for itself is none of the product's business. */
function inheritedEnvironment() {
  const { NODE_OPTIONS, JEST_WORKER_ID, PORT, ...rest } = process.env;
  const options = (NODE_OPTIONS ?? '').replace('--experimental-vm-modules', '').trim();
  if (rest.NODE_ENV === 'test') delete rest.NODE_ENV;
  return options === '' ? rest : { ...rest, NODE_OPTIONS: options };
}

/**
 * @param {string | undefined} host that a server listens on
 * @returns {string} a name under which this machine reaches it
 */
function reachable(host) {
  if (!host || ['0.0.0.0', '::', '127.0.0.1'].includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
