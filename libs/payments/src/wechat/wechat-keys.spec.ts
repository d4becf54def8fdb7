import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadAccountsFileError, loadChannelAccounts } from '../channel-accounts-file.js';
import { BadKeyError } from '../rsa-key.js';
import { SmallWechat, newIdentity } from './testing/small-wechat.js';
import { WechatChannel } from './wechat-channel.js';
import type { WechatSettings } from './wechat-settings.js';

let wechat: SmallWechat;
const directory = mkdtempSync(join(tmpdir(), 'wechat-keys-'));

beforeAll(async () => {
  wechat = await SmallWechat.listen();
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await wechat.close();
});

/** Why these settings open no channel, in the words of a `BadKeyError`. */
function problemOf(more: Partial<WechatSettings>): string {
  try {
    return `${new WechatChannel(wechat.settings(more)).name} was opened`;
  } catch (error) {
    if (error instanceof BadKeyError) return error.message;
    throw error;
  }
}

const keyOf = (publicKey: string) => ({ platformPublicKeys: [{ id: wechat.publicKeyId, publicKey }] });

describe("a WeChat Pay merchant's keys", () => {
  it("name account and setting where the merchant's own public key stands in the place of the platform's", () => {
    const problem = problemOf(keyOf(wechat.merchant.publicPem));
    expect(problem).toMatch(
      /^account wechat-main: platformPublicKeys \(PUB_KEY_ID_\w+\) holds the merchant's own key/,
    );
  });

  it("find the merchant's own certificate in the place of the platform's", () => {
    const problem = problemOf({ platformCertificates: [wechat.merchant.certificate] });
    expect(problem).toContain("account wechat-main: platformCertificateFiles holds the merchant's own key");
  });

  it.each<[string, () => Partial<WechatSettings>, RegExp]>([
    ['31 bytes', () => ({ apiV3Key: 'k'.repeat(31) }), /apiV3KeyFile holds 31 bytes: .* exactly 32 bytes/],
    ['33 bytes', () => ({ apiV3Key: 'k'.repeat(33) }), /apiV3KeyFile holds 33 bytes/],
    ['32 characters of more bytes', () => ({ apiV3Key: 'é'.repeat(32) }), /apiV3KeyFile holds 64 bytes/],
    ['an older one of 5', () => ({ previousApiV3Keys: ['short'] }), /previousApiV3KeyFiles holds 5 bytes/],
    [
      'a public key as ours',
      () => ({ merchantPrivateKey: wechat.merchant.publicPem }),
      /merchantPrivateKeyFile holds a public key/,
    ],
    [
      'a private key as theirs',
      () => keyOf(wechat.platform.privatePem),
      /platformPublicKeys .* holds a private key/,
    ],
    [
      'a certificate as key',
      () => keyOf(wechat.certified.certificate),
      /platformPublicKeys .* holds a certificate/,
    ],
    [
      'no certificate',
      () => ({ platformCertificates: ['nonsense'] }),
      /platformCertificateFiles holds no certificate/,
    ],
  ])('are refused: %s', (_what, settings, expected) => {
    const given = settings();
    const problem = problemOf(given);
    expect(problem).toMatch(expected);
    expect(problem).toMatch(/^account wechat-main: /);
    const secrets = [given.apiV3Key, given.merchantPrivateKey, wechat.platform.privatePem];
    expect(secrets.filter((secret) => secret !== undefined && problem.includes(secret))).toEqual([]);
  });

  it('are refused when all that could verify is certificates that are over, or not yet', async () => {
    const over = await newIdentity(-400, -1);
    const early = await newIdentity(1, 400);
    const certificates = {
      platformPublicKeys: [],
      platformCertificates: [over.certificate, early.certificate],
    };
    expect(problemOf(certificates)).toContain('hold nothing that is valid today');
    // One that is over beside one that is not is what every rotation looks like.
    const during = {
      platformPublicKeys: [],
      platformCertificates: [over.certificate, wechat.certified.certificate],
    };
    expect(new WechatChannel(wechat.settings(during)).name).toBe('wechat');
  });

  it('take an APIv3 key from a file that ends with a line feed', () => {
    expect(new WechatChannel(wechat.settings({ apiV3Key: `${wechat.apiV3Key}\r\n` })).name).toBe('wechat');
  });
});

describe('an account of WeChat Pay in the accounts file', () => {
  const settings = () => ({
    baseUrl: wechat.baseUrl,
    mchid: wechat.mchid,
    appid: wechat.appid,
    merchantPrivateKeyFile: 'merchant.pem',
    merchantCertificateSerial: wechat.merchant.serial,
    apiV3KeyFile: 'api-v3-key.txt',
    platformPublicKeys: [{ id: wechat.publicKeyId, file: 'platform.pem' }],
    platformCertificateFiles: ['platform-cert.pem'],
  });

  function load(more: object = {}) {
    const account = { id: 'wechat-main', channel: 'wechat', settings: { ...settings(), ...more } };
    const files = {
      'merchant.pem': wechat.merchant.privatePem,
      'api-v3-key.txt': `${wechat.apiV3Key}\n`,
      'platform.pem': wechat.platform.publicPem,
      'platform-cert.pem': wechat.certified.certificate,
      'channels.json': JSON.stringify({ accounts: [account] }),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    return loadChannelAccounts(join(directory, 'channels.json'));
  }

  it('is opened with the files that stand beside it', async () => {
    const [account] = load();
    expect(account).toMatchObject({
      id: 'wechat-main',
      channel: { name: 'wechat', accountId: 'wechat-main' },
    });
    wechat.desk = () => ({ status: 404, body: { code: 'ORDER_NOT_EXIST', message: '' } });
    expect(await account?.channel.query('1234567890')).toEqual({ state: 'NOT_FOUND' });
    expect(account?.channel.feeOf(50_000_000n)).toBe(300_000n);
  });

  it.each<[string, object, object]>([
    [
      'commissions unless it says another',
      {},
      {
        transfer_scene_id: '1005',
        transfer_scene_report_infos: [
          { info_type: '岗位类型', info_content: '流量主' },
          { info_type: '报酬说明', info_content: '广告收入提现' },
        ],
      },
    ],
    [
      'what it says',
      {
        transferSceneId: '1000',
        transferSceneReportInfos: [{ infoType: '活动名称', infoContent: '新会员有礼' }],
      },
      {
        transfer_scene_id: '1000',
        transfer_scene_report_infos: [{ info_type: '活动名称', info_content: '新会员有礼' }],
      },
    ],
  ])('transfers for %s', async (_what, more, expected) => {
    const transfers = load(more)[0]?.channel.transfers;
    wechat.desk = ({ body }) => ({
      status: 200,
      body: { out_bill_no: body['out_bill_no'], state: 'ACCEPTED' },
    });
    const payee = { payeeAccount: 'oUpF8uMuAJO', payeeName: '欧阳娜娜', remark: '提现' };
    await transfers?.transfer({ outTransferNo: '1234567890', amount: 1_000_000n, ...payee });
    expect(wechat.calls.at(-1)?.body).toMatchObject(expected);
  });

  it.each<[string, object, RegExp]>([
    ['a scene that is none', { transferSceneId: 'commission' }, /transferSceneId: .*digits only/],
    ['a scene that is told nothing', { transferSceneReportInfos: [] }, /transferSceneReportInfos: /],
    [
      'nothing to verify with',
      { platformPublicKeys: [], platformCertificateFiles: [] },
      /platformPublicKeys: a public key or/,
    ],
    [
      'an id that is none',
      { platformPublicKeys: [{ id: 'KEY1', file: 'platform.pem' }] },
      /platformPublicKeys\.0\.id: .*PUB_KEY_ID_/,
    ],
    [
      'a serial that is none',
      { merchantCertificateSerial: 'not hex' },
      /merchantCertificateSerial: .*hexadecimal/,
    ],
    ['a field that nobody knows', { apiKey: 'x' }, /apiKey/],
  ])('is refused with %s, by its name', (_what, more, expected) => {
    expect(() => load(more)).toThrow(BadAccountsFileError);
    expect(() => load(more)).toThrow(expected);
    expect(() => load(more)).toThrow(/wechat-main/);
  });
});
