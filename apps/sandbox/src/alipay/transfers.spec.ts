import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Merchant } from '../testing/merchant.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

const PLENTY = '900000000.00';
let numbers = 0;

describe('transfers at Alipay', () => {
  const other = new Merchant('9021000000000002', '2088000000000002');
  let sandbox: SandboxUnderTest;
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'transfers-'));
    const publicKeyFile = join(directory, 'other.pem');
    await writeFile(publicKeyFile, other.publicKeyPem);
    const { appId, sellerId } = other;
    // A minute of the channel's is 200 ms here.
    const variables = { SANDBOX_TIME_SCALE: '300' };
    sandbox = await SandboxUnderTest.start(variables, new Merchant(), undefined, [
      { appId, sellerId, publicKeyFile, certificates: false },
    ]);
  });
  afterAll(async () => {
    await sandbox.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const newNumber = () => `7${Date.now()}${(numbers += 1)}`;
  const call = async (method: string, biz: object, by = sandbox.merchant) =>
    (await sandbox.post(by.request(method, biz))).body;
  const pay = (number: string, more: Record<string, unknown> = {}, by?: Merchant) => {
    const terms = {
      out_biz_no: number,
      trans_amount: '20.00',
      product_code: 'TRANS_ACCOUNT_NO_PWD',
      biz_scene: 'DIRECT_TRANSFER',
      order_title: 'Earnings',
      payee_info: { identity: 'li@example.com', identity_type: 'ALIPAY_LOGON_ID', name: '李小明' },
      ...more,
    };
    return call('alipay.fund.trans.uni.transfer', terms, by);
  };
  const ask = (number: string, more: Record<string, unknown> = {}, by?: Merchant) => {
    const scene = { product_code: 'TRANS_ACCOUNT_NO_PWD', biz_scene: 'DIRECT_TRANSFER' };
    return call('alipay.fund.trans.common.query', { ...scene, out_biz_no: number, ...more }, by);
  };
  const trouble = (number: string, faults: object) =>
    sandbox.control('POST', `/trades/${number}/faults`, { faults });
  const untilStatus = (number: string, status: string) =>
    until(`${number} to be ${status}`, async () => {
      const answer = await ask(number);
      return answer['status'] === status && answer;
    });
  const setAccount = (settings: object) =>
    sandbox.control('PUT', `/merchant-accounts/${sandbox.merchant.appId}`, settings);
  const balance = async () => {
    const { body } = await sandbox.control('GET', '/merchant-accounts');
    return (body.items as unknown as { account: string; balance: string }[]).find(
      ({ account }) => account === sandbox.merchant.appId,
    )?.balance;
  };

  it('arrive at once, once a number, however often they are asked for', async () => {
    const number = newNumber();
    await setAccount({ balance: '100.00' });

    const paid = await pay(number);
    const again = await pay(number, { trans_amount: '20' });

    expect(paid).toMatchObject({
      code: '10000',
      out_biz_no: number,
      order_id: expect.stringMatching(/^\d{8}110070000006\d{12}$/),
      pay_fund_order_id: expect.stringMatching(/^\d{8}110070001506\d{12}$/),
      status: 'SUCCESS',
      trans_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(again).toEqual(paid);
    expect(await balance()).toBe('80.00');
    const truth = await ask(number);
    expect(truth).toMatchObject({ status: 'SUCCESS', trans_amount: '20.00', order_id: paid['order_id'] });
    const scene = { product_code: undefined, biz_scene: undefined, out_biz_no: undefined };
    for (const by of ['order_id', 'pay_fund_order_id']) {
      expect(await ask('', { ...scene, [by]: paid[by] })).toEqual(truth);
    }
    await setAccount({ balance: PLENTY });
  });

  it.each([
    ['amount', { trans_amount: '20.01' }],
    ['payee', { payee_info: { identity: '13800138000', identity_type: 'ALIPAY_LOGON_ID', name: '李小明' } }],
    [
      'name',
      { payee_info: { identity: 'li@example.com', identity_type: 'ALIPAY_LOGON_ID', name: '李大明' } },
    ],
    ['title', { order_title: 'Others' }],
  ])('are refused under a used number with another %s', async (_what, change) => {
    const number = newNumber();
    const paid = await pay(number);

    expect(await pay(number, change)).toMatchObject({ sub_code: 'PAYMENT_INFO_INCONSISTENCY' });
    expect(await pay(number)).toEqual(paid);
  });

  it('are refused in Alipay’s words, leave nothing behind, and go out when the cause is gone', async () => {
    const number = newNumber();
    const payee = { channel: 'alipay', account: 'li@example.com' };
    const told = async (more: object) => sandbox.control('PUT', '/payees', { ...payee, ...more });

    await told({ exists: false });
    expect(await pay(number)).toMatchObject({ code: '40004', sub_code: 'PAYEE_NOT_EXIST' });
    await told({ name: '李大明' });
    expect(await pay(number)).toMatchObject({ sub_code: 'PAYEE_USER_INFO_ERROR' });
    await told({ name: '李小明' });
    await setAccount({ balance: '19.99' });
    expect(await pay(number)).toMatchObject({ sub_code: 'PAYER_BALANCE_NOT_ENOUGH' });
    await setAccount({ balance: PLENTY, limit: '19.99' });
    expect(await pay(number)).toMatchObject({ sub_code: 'EXCEED_LIMIT_SM_AMOUNT' });
    await setAccount({ limit: null });
    expect(await ask(number)).toMatchObject({ sub_code: 'ORDER_NOT_EXIST' });

    expect(await pay(number)).toMatchObject({ status: 'SUCCESS' });
  });

  it.each([
    ['payeeUnknown', 'PAYEE_NOT_EXIST'],
    ['payeeNameWrong', 'PAYEE_USER_INFO_ERROR'],
    ['transferLimit', 'EXCEED_LIMIT_DM_AMOUNT'],
    ['notEnough', 'BALANCE_IS_NOT_ENOUGH'],
  ])('are refused by order of %s, once', async (fault, subCode) => {
    const number = newNumber();
    await trouble(number, { [fault]: 1 });

    expect(await pay(number)).toMatchObject({ code: '40004', sub_code: subCode });
    expect(await pay(number)).toMatchObject({ status: 'SUCCESS' });
  });

  it('whose answer says SYSTEM_ERROR, or never comes, were done', async () => {
    const [unknown, lost] = [newNumber(), newNumber()];
    await trouble(unknown, { systemError: 1 });
    await trouble(lost, { timeoutAfterWork: 1 });

    expect(await pay(unknown)).toMatchObject({ code: '40004', sub_code: 'SYSTEM_ERROR' });
    void pay(lost).catch(() => undefined);

    expect(await ask(unknown)).toMatchObject({ status: 'SUCCESS' });
    await untilStatus(lost, 'SUCCESS');
  });

  it('can be unknown for a while: nobody has heard of them, and then they have arrived', async () => {
    const number = newNumber();
    await setAccount({ balance: '100.00' });
    await trouble(number, { transferUnknown: 1 });

    expect(await pay(number)).toMatchObject({ sub_code: 'SYSTEM_ERROR' });
    expect(await ask(number)).toMatchObject({ sub_code: 'ORDER_NOT_EXIST' });
    expect(await pay(number)).toMatchObject({ sub_code: 'SYSTEM_ERROR' });

    await untilStatus(number, 'SUCCESS');
    expect(await balance()).toBe('80.00');
    await setAccount({ balance: PLENTY });
  });

  it('are dealt with for a while, and succeed or fail; a failed one gives the money back', async () => {
    const [late, failing] = [newNumber(), newNumber()];
    await setAccount({ balance: '100.00' });
    await trouble(late, { transferLate: 1 });
    await trouble(failing, { transferFails: 1 });

    const dealing = await pay(late);
    expect(dealing).toMatchObject({ code: '10000', status: 'DEALING' });
    expect(dealing).not.toHaveProperty('pay_fund_order_id');
    expect(await pay(failing)).toMatchObject({ status: 'DEALING' });

    expect(await untilStatus(late, 'SUCCESS')).toHaveProperty('pay_date');
    const failed = await untilStatus(failing, 'FAIL');
    expect(failed).toMatchObject({
      error_code: 'PAYEE_USERINFO_STATUS_ERROR',
      fail_reason: expect.any(String),
    });
    expect(failed).not.toHaveProperty('pay_date');
    expect(await pay(failing)).toMatchObject({ status: 'FAIL' });
    expect(await balance()).toBe('80.00');
    await setAccount({ balance: PLENTY });
  });

  it('stay in process until somebody ends them, come back days later, and none of it is forgotten in a restart', async () => {
    const number = newNumber();
    await setAccount({ balance: '100.00' });
    await trouble(number, { transferInProcess: 1 });
    await pay(number);

    sandbox = await sandbox.restart();
    expect(await ask(number)).toMatchObject({ status: 'DEALING' });
    const settle = { state: 'SUCCEEDED', paidAt: '2026-11-18T10:00:00+08:00' };
    expect((await sandbox.control('POST', `/transfers/${number}/settle`, settle)).status).toBe(200);
    expect(await ask(number)).toMatchObject({ status: 'SUCCESS', pay_date: '2026-11-18 10:00:00' });

    const back = { returnedAt: '2026-11-20T10:00:00+08:00' };
    await sandbox.control('POST', `/transfers/${number}/return`, back);
    sandbox = await sandbox.restart();
    expect(await ask(number)).toMatchObject({
      status: 'REFUND',
      error_code: 'PAYEE_CARD_INFO_ERROR',
      pay_date: '2026-11-18 10:00:00',
      trans_amount: '20.00',
    });
    expect(await balance()).toBe('100.00');
    await setAccount({ balance: PLENTY });
  });

  it('come back by themselves where that was ordered', async () => {
    const number = newNumber();
    await trouble(number, { transferReturned: 1 });

    expect(await pay(number)).toMatchObject({ status: 'SUCCESS' });
    await untilStatus(number, 'REFUND');
  });

  it.each([
    ['out_biz_no', { out_biz_no: 'not-a-number!' }],
    ['trans_amount', { trans_amount: '1.001' }],
    ['product_code', { product_code: 'STD_RED_PACKET' }],
    ['biz_scene', { biz_scene: undefined }],
    ['payee_info.name', { payee_info: { identity: 'a@b.cn', identity_type: 'ALIPAY_LOGON_ID' } }],
    ['payee_info.identity', { payee_info: { identity: '2088', identity_type: 'ALIPAY_USER_ID' } }],
    ['payee_info', { payee_info: { identity: 'a@b.cn' } }],
  ])('with a bad %s %j are refused by its name', async (field, change) => {
    const answer = await pay(newNumber(), change);

    expect(answer).toMatchObject({ code: '40004', sub_code: 'INVALID_PARAMETER' });
    expect(answer['sub_msg']).toContain(field);
  });

  it('of less than 0.1 yuan are refused', async () => {
    expect(await pay(newNumber(), { trans_amount: '0.09' })).toMatchObject({
      sub_code: 'EXCEED_LIMIT_SM_MIN_AMOUNT',
    });
  });

  it('exist for their application only, and another one’s number is its own', async () => {
    const number = newNumber();
    const { order_id: orderId } = await pay(number);
    const notThere = { sub_code: 'ORDER_NOT_EXIST' };

    expect(await ask(number, {}, other)).toMatchObject(notThere);
    expect(await ask('', { order_id: orderId }, other)).toMatchObject(notThere);
    const theirs = await pay(number, { trans_amount: '30.00' }, other);
    expect(theirs).toMatchObject({ status: 'SUCCESS' });
    expect(theirs['order_id']).not.toBe(orderId);
    expect(await ask(number)).toMatchObject({ trans_amount: '20.00' });
  });
});
