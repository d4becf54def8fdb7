// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureRsaPair } from './secrets.mjs';

/** Who we are at the simulated channels; real accounts come from a PAYMENT_CHANNELS_FILE of the user's own. */
const ALIPAY = [
  {
    id: 'alipay-main',
    appId: '2021000000000001',
    sellerId: '2088000000000001',
    certificates: false,
    weight: 100,
  },
  {
    id: 'alipay-second',
    appId: '2021000000000002',
    sellerId: '2088000000000002',
    certificates: true,
    weight: 50,
  },
];
const WECHAT = [
  {
    id: 'wechat-main',
    mchid: '1900000001',
    appid: 'wx0000000000000001',
    serialNo: '5157F09EFDC096DE15EBE81A47057A7200000001',
    weight: 100,
  },
  {
    id: 'wechat-second',
    mchid: '1900000002',
    appid: 'wx0000000000000002',
    serialNo: '5157F09EFDC096DE15EBE81A47057A7200000002',
    weight: 50,
  },
];
const FEE_BASIS_POINTS = 60;

/**
 * Our accounts at the simulated channels: what the sandbox knows of us, and what payment knows of the sandbox.
 *
 * @param {string} directory keys and the two files are kept in it
 * @param {string} sandboxData the sandbox writes its own keys to `keys/` in it
 */
export function sandboxAccounts(directory, sandboxData) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const { id } of [...ALIPAY, ...WECHAT]) ensureRsaPair(directory, id);
  for (const { id } of WECHAT) ensureApiV3Key(join(directory, `${id}-api-v3-key.txt`));
  const merchantsFile = join(directory, 'sandbox-merchants.json');
  const channelsFile = join(directory, 'channels.json');
  write(merchantsFile, {
    alipay: ALIPAY.map(({ id, appId, sellerId, certificates }) => ({
      appId,
      sellerId,
      certificates,
      publicKeyFile: `${id}-public-key.pem`,
    })),
    wechat: WECHAT.map(({ id, mchid, appid, serialNo }) => ({
      mchid,
      appids: [appid],
      serialNo,
      publicKeyFile: `${id}-public-key.pem`,
      apiV3KeyFile: `${id}-api-v3-key.txt`,
    })),
  });
  return {
    merchantsFile,
    channelsFile,
    /**
     * Once the sandbox runs: its keys are made at its first start.
     *
     * @param {string} sandboxUrl
     */
    writeChannels: (sandboxUrl) => {
      const keys = join(sandboxData, 'keys');
      write(channelsFile, {
        accounts: [...alipayAccounts(sandboxUrl, keys), ...wechatAccounts(sandboxUrl, keys)],
      });
    },
  };
}

/** @param {string} sandboxUrl @param {string} keys */
function alipayAccounts(sandboxUrl, keys) {
  return ALIPAY.map(({ id, appId, sellerId, certificates, weight }) => ({
    id,
    channel: 'alipay',
    weight,
    settings: {
      gatewayUrl: `${sandboxUrl}/gateway.do`,
      appId,
      sellerId,
      feeBasisPoints: FEE_BASIS_POINTS,
      privateKeyFile: `${id}-private-key.pem`,
      ...(certificates
        ? {
            certificates: {
              appCertFile: join(keys, `alipay-app-cert-${appId}.pem`),
              alipayRootCertFile: join(keys, 'alipay-root-cert.pem'),
              alipayCertFiles: [join(keys, 'alipay-cert.pem')],
            },
          }
        : { alipayPublicKeyFiles: [join(keys, 'alipay-public-key.pem')] }),
    },
  }));
}

/** @param {string} sandboxUrl @param {string} keys */
function wechatAccounts(sandboxUrl, keys) {
  return WECHAT.map(({ id, mchid, appid, serialNo, weight }) => ({
    id,
    channel: 'wechat',
    weight,
    settings: {
      baseUrl: sandboxUrl,
      mchid,
      appid,
      feeBasisPoints: FEE_BASIS_POINTS,
      merchantPrivateKeyFile: `${id}-private-key.pem`,
      merchantCertificateSerial: serialNo,
      apiV3KeyFile: `${id}-api-v3-key.txt`,
      platformPublicKeys: [
        {
          id: readFileSync(join(keys, 'wechatpay-public-key-id.txt'), 'utf8').trim(),
          file: join(keys, 'wechatpay-public-key.pem'),
        },
      ],
      platformCertificateFiles: [join(keys, 'wechatpay-platform-cert.pem')],
    },
  }));
}

/** 32 characters, as WeChat Pay wants it. @param {string} file */
function ensureApiV3Key(file) {
  if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 });
}

/** @param {string} file @param {unknown} content */
function write(file, content) {
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}
