import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelAccount } from './channel-account.js';
import { BadAccountsFileError, loadChannelAccounts, watchChannelAccounts } from './channel-accounts-file.js';
import { BadKeyError } from './rsa-key.js';

const directory = mkdtempSync(join(tmpdir(), 'channel-accounts-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = join(directory, 'channels.json');
const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
const writeAccounts = (...accounts: object[]) => write('channels.json', JSON.stringify({ accounts }));

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const alipay = generateKeyPairSync('rsa', { modulusLength: 2048 });

const SETTINGS = {
  gatewayUrl: 'https://openapi.alipay.test/gateway.do',
  appId: '2021000000000007',
  sellerId: '2088000000000007',
  privateKeyFile: 'ours.pem',
  alipayPublicKeyFiles: ['alipay.pem'],
};
const MAIN = { id: 'alipay-main', channel: 'alipay', settings: SETTINGS };

beforeEach(() => {
  write('ours.pem', ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  write('alipay.pem', alipay.publicKey.export({ type: 'spki', format: 'pem' }).toString());
});

function refusal(): Error {
  try {
    loadChannelAccounts(path);
  } catch (error) {
    if (error instanceof BadAccountsFileError || error instanceof BadKeyError) return error;
    throw error;
  }
  throw new Error('It was accepted');
}

describe('the accounts file', () => {
  it('opens each account with its keys, found beside it', () => {
    writeAccounts(MAIN, { ...MAIN, id: 'alipay-second', enabled: false, weight: 7 });
    expect(loadChannelAccounts(path)).toMatchObject([
      {
        id: 'alipay-main',
        enabled: true,
        weight: 100,
        ratePerSecond: 100,
        maxInFlight: 80,
        channel: { name: 'alipay', accountId: 'alipay-main' },
      },
      { id: 'alipay-second', enabled: false, weight: 7 },
    ]);
  });

  it.each<[string, object[], string]>([
    ['a weight below nothing', [{ ...MAIN, weight: -1 }], 'account alipay-main: accounts.0.weight: '],
    ['a field that nobody knows', [{ ...MAIN, wieght: 7 }], 'account alipay-main: accounts.0: '],
    ['two accounts of one id', [MAIN, MAIN], 'two accounts are called alipay-main'],
    ['an unknown channel', [{ ...MAIN, channel: 'cash' }], 'account alipay-main: there is no channel cash'],
    [
      'a setting too few',
      [{ ...MAIN, settings: { ...SETTINGS, appId: undefined } }],
      'account alipay-main: settings.appId: ',
    ],
    [
      'an unknown setting',
      [{ ...MAIN, settings: { ...SETTINGS, mchid: '1' } }],
      'account alipay-main: settings.it: ',
    ],
    [
      'keys and certificates',
      [
        {
          ...MAIN,
          settings: {
            ...SETTINGS,
            certificates: { appCertFile: 'a', alipayRootCertFile: 'b', alipayCertFiles: ['c'] },
          },
        },
      ],
      'account alipay-main: settings.alipayPublicKeyFiles: ',
    ],
    [
      'a file that is not there',
      [{ ...MAIN, settings: { ...SETTINGS, privateKeyFile: 'nowhere.pem' } }],
      "account alipay-main: privateKeyFile names a file that can't be read (ENOENT)",
    ],
    [
      'our key where theirs belongs',
      [{ ...MAIN, settings: { ...SETTINGS, alipayPublicKeyFiles: ['ours.pem'] } }],
      'account alipay-main: alipayPublicKeyFiles holds a private key',
    ],
    ['no account', [], 'accounts: '],
  ])('is refused for %s, in words', (_what, accounts, sentence) => {
    writeAccounts(...accounts);
    expect(refusal().message).toContain(sentence);
  });

  it('never repeats a key that was put where its file belongs', () => {
    writeAccounts({ ...MAIN, settings: { ...SETTINGS, privateKeyFile: 'MIIEvQIBADANBgkqhkiG9w0BAQ' } });
    expect(refusal().message).not.toContain('MIIEvQIBADANBgkqhkiG9w0BAQ');
  });
});

describe('watching it', () => {
  const told: (string | ChannelAccount[])[] = [];
  const next = async () => {
    const deadline = Date.now() + 5_000;
    while (told.length === 0) {
      if (Date.now() > deadline) throw new Error('Nothing was told within 5 s');
      await new Promise((resolve) => setImmediate(resolve));
    }
    return told.splice(0);
  };

  it('tells of changes, once of what is broken, and of a mended key file too', async () => {
    writeAccounts(MAIN);
    const watch = watchChannelAccounts(path, {
      everyMs: 5,
      onChange: (accounts) => told.push([...accounts]),
      onError: (error) => told.push((error as Error).name),
    });
    try {
      writeAccounts({ ...MAIN, weight: 7 });
      expect(await next()).toMatchObject([[{ weight: 7 }]]);

      write('channels.json', '{ "accounts": [');
      expect(await next()).toEqual(['BadAccountsFileError']);

      writeAccounts({ ...MAIN, settings: { ...SETTINGS, alipayPublicKeyFiles: ['new.pem', 'alipay.pem'] } });
      expect(await next()).toEqual(['BadKeyError']);

      const rotated = generateKeyPairSync('rsa', { modulusLength: 2048 });
      write('new.pem', rotated.publicKey.export({ type: 'spki', format: 'pem' }).toString());
      expect(await next()).toMatchObject([[{ id: 'alipay-main' }]]);
    } finally {
      watch.stop();
    }
  });
});
