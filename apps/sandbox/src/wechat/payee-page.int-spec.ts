import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { WechatMerchantUnderTest } from './testing/merchant.js';
import { readKey, startWechatSandbox } from './testing/wechat-sandbox.js';

const BILLS = '/v3/fund-app/mch-transfer/transfer-bills';
let numbers = 0;

describe('the page on which a payee takes the money', () => {
  const merchant = new WechatMerchantUnderTest();
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    // A second of the channel's is a quarter of an hour here: what lies between the states can be looked at.
    sandbox = await startWechatSandbox([merchant], { SANDBOX_TIME_SCALE: '0.001' });
  });
  afterAll(() => sandbox.stop());

  /** A transfer that waits for its payee. */
  const waiting = async (more: object = {}) => {
    const number = `7${Date.now()}${(numbers += 1)}`;
    const platformKey = createPublicKey(await readKey(sandbox, 'wechatpay-public-key.pem'));
    const serial = (await readKey(sandbox, 'wechatpay-public-key-id.txt')).trim();
    const terms = { ...merchant.transferTerms(number, merchant.seal('李小明', platformKey)), ...more };
    const { body } = await merchant.call('POST', BILLS, terms, { headers: { 'wechatpay-serial': serial } });
    return { number, link: linkOf(String(body['package_info'])) };
  };
  const linkOf = (packageInfo: string, appId = merchant.appid) =>
    `/mch-transfer/confirm?${new URLSearchParams({ mchId: merchant.mchid, appId, package: packageInfo }).toString()}`;
  const read = async (link: string, language = 'en') => {
    const response = await sandbox.open(link, { headers: { 'accept-language': language } });
    return { status: response.status, text: await response.text() };
  };
  const press = (link: string) => sandbox.open(link, { method: 'POST', body: new URLSearchParams() });
  const stateOf = async (number: string) =>
    (await merchant.call('GET', `${BILLS}/out-bill-no/${number}`)).body['state'];
  const settle = (number: string) => sandbox.control('POST', `/transfers/${number}/settle`);

  it('shows what there is to take, in the language of the browser, and takes it once', async () => {
    const { number, link } = await waiting({ transfer_remark: 'Earnings <b>&' });
    expect((await sandbox.control('GET', `/transfers/${number}`)).body.confirmPath).toBe(link);

    const page = await read(link);
    expect(page.status).toBe(200);
    expect(page.text).toContain('<span>¥</span>20.00');
    expect(page.text).toContain('Earnings &lt;b&gt;&amp;');
    expect(page.text).toContain('WeChat Pay simulator');
    expect((await read(link, 'zh-CN')).text).toContain('确认收款');
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    expect(action).toBe(link);
    for (let times = 0; times < 2; times += 1) {
      const pressed = await press(link);
      expect([pressed.status, pressed.headers.get('location')]).toEqual([303, link]);
    }

    expect(await stateOf(number)).toBe('TRANSFERING');
    expect((await read(link)).text).toContain('On its way');
    await settle(number);
    expect(await stateOf(number)).toBe('SUCCESS');
    expect((await read(link)).text).toContain('You have the money');
  });

  it('has nothing to take once the merchant has taken it back', async () => {
    const { number, link } = await waiting();
    await merchant.call('POST', `${BILLS}/out-bill-no/${number}/cancel`);

    await press(link);
    expect(await stateOf(number)).toBe('CANCELING');
    await settle(number);
    expect(await stateOf(number)).toBe('CANCELLED');
    expect((await read(link)).text).toContain('This transfer has ended');
  });

  it('needs no more than the package, and is none under a guessed one, or for another application', async () => {
    const { number, link } = await waiting();
    const packageInfo = new URLSearchParams(link.split('?')[1]).get('package') ?? '';

    const bare = `/mch-transfer/confirm?${new URLSearchParams({ package: packageInfo }).toString()}`;
    expect((await read(bare)).status).toBe(200);
    for (const wrong of [linkOf('guessed'), linkOf(packageInfo, 'wx-other')]) {
      expect((await read(wrong)).status).toBe(404);
      await press(wrong);
    }
    expect(await stateOf(number)).toBe('WAIT_USER_CONFIRM');
  });
});
