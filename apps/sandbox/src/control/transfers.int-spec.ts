import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SandboxClient } from '#libs/testing';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';

let numbers = 0;

/** Through the client that all other tests use: the two are right about each other. */
describe('the control API of transfers', () => {
  let sandbox: SandboxUnderTest;
  let client: SandboxClient;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
    client = new SandboxClient(sandbox.url);
  });
  afterAll(() => sandbox.stop());

  const newNumber = () => `7${Date.now()}${(numbers += 1)}`;
  const pay = async (number: string, amount = '20.00') => {
    const { body } = await sandbox.call('alipay.fund.trans.uni.transfer', {
      out_biz_no: number,
      trans_amount: amount,
      product_code: 'TRANS_ACCOUNT_NO_PWD',
      biz_scene: 'DIRECT_TRANSFER',
      order_title: 'Earnings',
      payee_info: { identity: 'li@example.com', identity_type: 'ALIPAY_LOGON_ID', name: '李小明' },
    });
    return body;
  };
  /** One that the channel keeps in process. */
  const inProcess = async () => {
    const number = newNumber();
    await client.order(number, { transferInProcess: 1 });
    await pay(number);
    return number;
  };

  it('shows the channel’s truth, at the times that it is told', async () => {
    const number = await inProcess();
    expect(await client.transfer(number)).toMatchObject({
      outTransferNo: number,
      channel: 'alipay',
      account: sandbox.merchant.appId,
      status: 'PROCESSING',
      amount: '20.00',
      payeeAccount: 'li@example.com',
      payeeName: '李小明',
      remark: 'Earnings',
      paidAt: null,
      next: { status: 'SUCCEEDED', at: null },
      confirmPath: null,
    });

    const paidAt = '2026-11-18T02:00:00.000Z';
    expect(await client.settleTransfer(number, { state: 'SUCCEEDED', paidAt })).toMatchObject({
      status: 'SUCCEEDED',
      paidAt,
      next: null,
    });
    const returnedAt = '2026-11-20T02:00:00.000Z';
    const failure = { code: 'PAYEE_CARD_CLOSED', message: '收款卡已销户' };
    const returned = await client.returnTransfer(number, { returnedAt, failure });
    expect(returned).toMatchObject({ status: 'RETURNED', paidAt, returnedAt, failure });
    expect(await client.transfer(number)).toEqual(returned);
  });

  it('ends a transfer once', async () => {
    const [failed, gone] = [await inProcess(), await inProcess()];
    await client.settleTransfer(failed, { state: 'FAILED' });
    await client.settleTransfer(gone);
    await client.returnTransfer(gone);

    expect(await client.transfer(failed)).toMatchObject({
      status: 'FAILED',
      failure: { code: 'PAYEE_USERINFO_STATUS_ERROR' },
      paidAt: null,
    });
    for (const [number, what, code] of [
      [failed, 'settle', 'TRANSFER_ENDED'],
      [failed, 'return', 'TRANSFER_NOT_THERE'],
      [failed, 'confirm', 'TRANSFER_NOT_CONFIRMABLE'],
      [gone, 'settle', 'TRANSFER_ENDED'],
      [gone, 'return', 'TRANSFER_NOT_THERE'],
    ]) {
      const reply = await sandbox.control('POST', `/transfers/${number}/${what}`);
      expect([reply.status, reply.body.code]).toEqual([409, code]);
    }
  });

  it('lists everything that was to be paid, newest first, page by page and by status', async () => {
    const paid: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      paid.push(newNumber());
      await pay(paid.at(-1) ?? '', `${count + 1}.00`);
    }
    const open = await inProcess();

    const all = await client.transfers();
    expect(all.slice(0, 4).map(({ outTransferNo }) => outTransferNo)).toEqual([open, ...paid.toReversed()]);
    expect(all.slice(1, 4).map(({ amount }) => amount)).toEqual(['3.00', '2.00', '1.00']);
    expect(
      (await client.transfers({ status: 'PROCESSING' })).map(({ outTransferNo }) => outTransferNo),
    ).toEqual([open]);
    const first = await sandbox.control('GET', '/transfers?limit=3');
    const rest = await sandbox.control('GET', `/transfers?limit=500&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(JSON.parse(JSON.stringify(all)));
    expect(rest.body.nextCursor).toBeNull();
  });

  it('counts what is out: a balance is less by it, and no less when it is back', async () => {
    const account = sandbox.merchant.appId;
    await client.setMerchantAccount(account, { balance: '100.00' });
    const number = newNumber();

    await pay(number, '30.00');
    expect(await client.merchantAccounts()).toContainEqual({
      channel: 'alipay',
      account,
      balance: '70.00',
      limit: null,
    });
    sandbox = await sandbox.restart();
    client = new SandboxClient(sandbox.url);
    expect(await pay(newNumber(), '70.01')).toMatchObject({ sub_code: 'PAYER_BALANCE_NOT_ENOUGH' });
    await client.returnTransfer(number);
    expect(await pay(newNumber(), '100.00')).toMatchObject({ status: 'SUCCESS' });
    expect(await client.setMerchantAccount(account, { limit: '5.00' })).toMatchObject({
      balance: '0.00',
      limit: '5.00',
    });
  });

  it('knows payees as they were told, also after a restart', async () => {
    const payee = { channel: 'alipay', account: 'li@example.com', name: '李大明' } as const;
    await client.setMerchantAccount(sandbox.merchant.appId, { balance: '100.00', limit: null });
    await client.setPayee(payee);
    sandbox = await sandbox.restart();
    client = new SandboxClient(sandbox.url);

    expect(await pay(newNumber())).toMatchObject({ sub_code: 'PAYEE_USER_INFO_ERROR' });
    await client.setPayee({ ...payee, exists: false });
    expect(await pay(newNumber())).toMatchObject({ sub_code: 'PAYEE_NOT_EXIST' });
    const { name: _forgotten, ...anyName } = payee;
    await client.setPayee(anyName);
    expect(await pay(newNumber())).toMatchObject({ status: 'SUCCESS' });
  });

  it.each([
    ['POST', '/transfers/1/settle', { state: 'RETURNED' }, 'state'],
    ['POST', '/transfers/1/settle', { state: 'FAILED', paidAt: '2026-11-18T02:00:00Z' }, 'paidAt'],
    ['POST', '/transfers/1/settle', { state: 'SUCCEEDED', failure: { code: 'X' } }, 'failure'],
    ['POST', '/transfers/1/return', { returnedAt: 'yesterday' }, 'returnedAt'],
    ['PUT', '/payees', { channel: 'alipay' }, 'account'],
    ['PUT', '/payees', { channel: 'bank', account: 'x' }, 'channel'],
    ['PUT', '/merchant-accounts/1', { balance: '-1.00' }, 'balance'],
    ['PUT', '/merchant-accounts/1', { limit: '0.00' }, 'limit'],
    ['GET', '/transfers?status=PAID', undefined, 'status'],
  ])('refuses %s %s %j by its field', async (method, path, body, field) => {
    const reply = await sandbox.control(method, path, body);

    expect([reply.status, reply.body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(reply.body.errors.map((error) => error.field)).toEqual([field]);
  });

  it.each([
    ['GET', '/transfers/404', 'TRANSFER_NOT_FOUND'],
    ['POST', '/transfers/404/settle', 'TRANSFER_NOT_FOUND'],
    ['PUT', '/merchant-accounts/404', 'ACCOUNT_NOT_FOUND'],
  ])('does not know of %s %s', async (method, path, code) => {
    const reply = await sandbox.control(method, path, method === 'GET' ? undefined : {});
    expect([reply.status, reply.body.code]).toEqual([404, code]);
  });
});
