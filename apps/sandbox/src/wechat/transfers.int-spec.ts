import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';
import { isSignedByWechat, WechatMerchantUnderTest } from './testing/merchant.js';
import { readKey, startWechatSandbox } from './testing/wechat-sandbox.js';

const BILLS = '/v3/fund-app/mch-transfer/transfer-bills';
const NAME = '李小明';
const DAY_MS = 24 * 60 * 60_000;
let numbers = 0;

describe('transfers of WeChat Pay', () => {
  const merchant = new WechatMerchantUnderTest();
  const other = new WechatMerchantUnderTest('1900000002');
  let sandbox: SandboxUnderTest;
  let platformKey: KeyObject;
  let keyId: string;

  beforeAll(async () => {
    sandbox = await startWechatSandbox([merchant, other], { SANDBOX_TIME_SCALE: '20' });
    platformKey = createPublicKey(await readKey(sandbox, 'wechatpay-public-key.pem'));
    keyId = (await readKey(sandbox, 'wechatpay-public-key-id.txt')).trim();
  });
  afterAll(() => sandbox.stop());

  const newNumber = () => `7${Date.now()}${(numbers += 1)}`;
  const sealed = (name: string, key = platformKey) => merchant.seal(name, key);
  const pay = (number: string, more: object = {}, by = merchant, serial: string | undefined = keyId) =>
    by.call(
      'POST',
      BILLS,
      { ...by.transferTerms(number, sealed(NAME)), ...more },
      { headers: serial === '' ? {} : { 'wechatpay-serial': serial } },
    );
  const ask = (number: string, by = merchant) => by.call('GET', `${BILLS}/out-bill-no/${number}`);
  const cancel = (number: string, by = merchant, body?: object) =>
    by.call('POST', `${BILLS}/out-bill-no/${number}/cancel`, body);
  const untilState = (number: string, state: string) =>
    until(`${number} to be ${state}`, async () => {
      const { body } = await ask(number);
      return body['state'] === state && body;
    });
  const trouble = (number: string, faults: object) =>
    sandbox.control('POST', `/trades/${number}/faults`, { faults });
  const control = (number: string, what: string, body: object = {}) =>
    sandbox.control('POST', `/transfers/${number}/${what}`, body);

  it('wait for their payee, and are there a moment after the payee has confirmed', async () => {
    const number = newNumber();
    const paid = await pay(number);
    expect([paid.status, paid.body]).toEqual([
      200,
      {
        out_bill_no: number,
        transfer_bill_no: expect.stringMatching(/^1330\d{28}$/),
        create_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
        state: 'WAIT_USER_CONFIRM',
        package_info: expect.stringMatching(/^[A-Za-z0-9+/]{64}$/),
      },
    ]);
    expect(isSignedByWechat(paid.headers, paid.text, platformKey)).toBe(true);
    expect((await ask(number)).body).toMatchObject({ mch_id: merchant.mchid, state: 'WAIT_USER_CONFIRM' });

    expect((await control(number, 'confirm')).body.status).toBe('TRANSFERRING');

    const bill = await untilState(number, 'SUCCESS');
    expect(bill).toMatchObject({
      appid: merchant.appid,
      openid: 'o-MYE42l80oelYMDE34nYD456Xoy',
      transfer_amount: 2000,
      transfer_remark: 'Earnings',
      transfer_bill_no: paid.body['transfer_bill_no'],
    });
    expect(merchant.unseal(String(bill['user_name']))).toBe(NAME);
    expect((await control(number, 'confirm')).body.code).toBe('TRANSFER_NOT_CONFIRMABLE');
  });

  it('are one for each number: the same request gives the same bill and package, any other is refused', async () => {
    const number = newNumber();
    const first = await pay(number);

    // The name is sealed anew each time, and the platform has more than one key to seal it with.
    const certificate = new X509Certificate(await readKey(sandbox, 'wechatpay-platform-cert.pem'));
    const user_name = sealed(NAME, certificate.publicKey);
    const again = await pay(number, { user_name }, merchant, certificate.serialNumber);
    expect(again.body).toEqual(first.body);

    for (const change of [
      { transfer_amount: 2001 },
      { openid: 'somebody-else' },
      { user_name: sealed('李大明') },
      { transfer_remark: 'Other' },
    ]) {
      expect(await pay(number, change)).toMatchObject({ status: 400, body: { code: 'ALREADY_EXISTS' } });
    }
    expect((await pay(number, { transfer_amount: 2001 }, other)).status).toBe(200);
  });

  it('need the payee’s name from 2,000 yuan on, sealed for the platform under the key that is named', async () => {
    const bad = (field: string) => ({ status: 400, body: { code: 'PARAM_ERROR', detail: { field } } });
    const unnamed = { user_name: undefined };
    expect(await pay(newNumber(), { ...unnamed, transfer_amount: 200_000 })).toMatchObject(bad('/user_name'));
    expect((await pay(newNumber(), { ...unnamed, transfer_amount: 199_999 })).status).toBe(200);
    expect((await pay(newNumber(), { transfer_amount: 200_000 })).status).toBe(200);

    const ofAnother = createPublicKey(merchant.publicKeyPem);
    for (const user_name of [NAME, sealed(NAME, ofAnother), merchant.seal(NAME, platformKey, 'sha256')]) {
      expect(await pay(newNumber(), { user_name })).toMatchObject(bad('/user_name'));
    }
    expect(await pay(newNumber(), {}, merchant, '')).toMatchObject({
      status: 400,
      body: { code: 'PARAM_ERROR', message: expect.stringContaining('Wechatpay-Serial') },
    });
  });

  it('can be cancelled until the payee has confirmed, and give their money back', async () => {
    const [number, late] = [newNumber(), newNumber()];
    await sandbox.control('PUT', `/merchant-accounts/${merchant.mchid}`, { balance: '50.00' });
    await pay(number);
    await pay(late);
    await control(late, 'confirm');

    expect(await cancel(number)).toMatchObject({
      status: 200,
      body: { out_bill_no: number, state: 'CANCELING' },
    });
    expect((await control(number, 'confirm')).status).toBe(409);
    await untilState(number, 'CANCELLED');
    expect(await cancel(number, merchant, {})).toMatchObject({ status: 200, body: { state: 'CANCELLED' } });
    expect(await cancel(late)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    await untilState(late, 'SUCCESS');
    expect(await pay(newNumber(), { transfer_amount: 3001 })).toMatchObject({
      status: 403,
      body: { code: 'NOT_ENOUGH' },
    });
    expect((await pay(newNumber(), { transfer_amount: 3000 })).status).toBe(200);
    await sandbox.control('PUT', `/merchant-accounts/${merchant.mchid}`, { balance: '100000.00' });
  });

  it('exist for their merchant only', async () => {
    const number = newNumber();
    await pay(number);
    const notThere = { status: 404, body: { code: 'NOT_FOUND' } };

    expect(await ask(number, other)).toMatchObject(notThere);
    expect(await cancel(number, other)).toMatchObject(notThere);
    expect(await ask(newNumber())).toMatchObject(notThere);
  });

  it.each([
    ['payeeNameWrong', 'NAME_NOT_CORRECT'],
    ['payeeUnknown', 'ACCOUNT_NOT_EXIST'],
    ['transferLimit', 'TRANSFER_QUOTA_EXCEED'],
    ['transferFails', 'PAYEE_ACCOUNT_ABNORMAL'],
  ])('are taken and fail by order of %s', async (fault, reason) => {
    const number = newNumber();
    await trouble(number, { [fault]: 1 });

    const paid = await pay(number);
    expect(paid).toMatchObject({ status: 200, body: { state: 'ACCEPTED' } });
    expect(paid.body).not.toHaveProperty('package_info');
    expect(await untilState(number, 'FAIL')).toMatchObject({ fail_reason: reason });
    expect((await pay(number)).body).toMatchObject({ state: 'FAIL', fail_reason: reason });
  });

  it('fail when the name is another one than the payee’s', async () => {
    const [right, wrong] = [newNumber(), newNumber()];
    const payee = { channel: 'wechat', account: 'openid-of-li', name: NAME };
    await sandbox.control('PUT', '/payees', payee);

    expect((await pay(right, { openid: payee.account })).body['state']).toBe('WAIT_USER_CONFIRM');
    await pay(wrong, { openid: payee.account, user_name: sealed('李大明') });
    expect(await untilState(wrong, 'FAIL')).toMatchObject({ fail_reason: 'NAME_NOT_CORRECT' });
  });

  it('that nobody confirms are closed after a day, or when told', async () => {
    const number = newNumber();
    const paid = await pay(number);
    const { body } = await sandbox.control('GET', `/transfers/${number}`);
    const next = body.next;
    const waits = Date.parse(next.at) - Date.parse(String(paid.body['create_time']));
    expect(next.status).toBe('FAILED');
    expect(waits).toBeGreaterThanOrEqual(DAY_MS);
    expect(waits).toBeLessThan(DAY_MS + 2_000);

    const overdue = { code: 'OVERDUE_CLOSE', message: '' };
    await control(number, 'settle', { state: 'FAILED', failure: overdue });
    expect((await ask(number)).body).toMatchObject({ state: 'FAIL', fail_reason: 'OVERDUE_CLOSE' });
  });

  it('can be unknown for a while, and wait for their payee then; nothing is forgotten in a restart', async () => {
    const number = newNumber();
    await trouble(number, { transferUnknown: 1 });

    expect(await pay(number)).toMatchObject({ status: 500, body: { code: 'SYSTEM_ERROR' } });
    sandbox = await sandbox.restart();
    for (const one of [merchant, other]) one.baseUrl = sandbox.url;
    expect(await ask(number)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect(await pay(number)).toMatchObject({ status: 500, body: { code: 'SYSTEM_ERROR' } });

    expect((await control(number, 'settle')).body.status).toBe('AWAITS_PAYEE');
    expect((await pay(number)).body).toMatchObject({ state: 'WAIT_USER_CONFIRM' });
    await sandbox.control('POST', `/transfers/${number}/confirm`);
    sandbox = await sandbox.restart();
    for (const one of [merchant, other]) one.baseUrl = sandbox.url;
    await untilState(number, 'SUCCESS');
  });

  it.each([
    ['serverError', 502],
    ['overloaded', 429],
    ['systemError', 500],
    ['notEnough', 403],
  ])('meet the trouble of any call: %s', async (fault, status) => {
    const number = newNumber();
    await trouble(number, { [fault]: 1 });

    expect((await pay(number)).status).toBe(status);
    expect((await ask(number)).status).toBe(fault === 'systemError' ? 200 : 404);
    expect((await pay(number)).body).toMatchObject({ state: 'WAIT_USER_CONFIRM' });
  });

  it.each([
    [{ out_bill_no: 'has-dash' }, '/out_bill_no'],
    [{ openid: '' }, '/openid'],
    [{ transfer_amount: 0 }, '/transfer_amount'],
    [{ transfer_amount: '2000' }, '/transfer_amount'],
    [{ transfer_remark: 'x'.repeat(33) }, '/transfer_remark'],
    [{ transfer_scene_id: undefined }, '/transfer_scene_id'],
    [{ transfer_scene_report_infos: [] }, '/transfer_scene_report_infos'],
  ])('with a bad parameter %j are refused by its name', async (change, field) => {
    expect(await pay(newNumber(), change)).toMatchObject({
      status: 400,
      body: { code: 'PARAM_ERROR', detail: { field } },
    });
  });

  it('below the least and above the merchant’s limit are refused', async () => {
    const refused = { status: 400, body: { code: 'INVALID_REQUEST' } };
    await sandbox.control('PUT', `/merchant-accounts/${merchant.mchid}`, { limit: '20.00' });

    expect(await pay(newNumber(), { transfer_amount: 9 })).toMatchObject(refused);
    expect(await pay(newNumber(), { transfer_amount: 2001 })).toMatchObject(refused);
    expect((await pay(newNumber())).status).toBe(200);
    await sandbox.control('PUT', `/merchant-accounts/${merchant.mchid}`, { limit: null });
  });
});
