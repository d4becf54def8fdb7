import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beijing } from '../testing/merchant.js';
import type { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { WechatMerchantUnderTest } from './testing/merchant.js';
import { startWechatSandbox } from './testing/wechat-sandbox.js';

interface BillReply {
  readonly code?: string;
  readonly download_url: string;
  readonly hash_type: string;
  readonly hash_value: string;
}

/** Fields without their backticks. */
const fieldsOf = (line: string | undefined) =>
  (line ?? '').split(',').map((field) => field.replace(/^`/, ''));

describe('bills of WeChat Pay', () => {
  const merchant = new WechatMerchantUnderTest();
  const other = new WechatMerchantUnderTest('1900000002');
  const today = beijing(Date.now()).slice(0, 10);
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await startWechatSandbox([merchant, other], { SANDBOX_TIME_SCALE: '1000' });
  });
  afterAll(() => sandbox.stop());

  const pay = async (by: WechatMerchantUnderTest, total: number) => {
    const terms = by.terms({ amount: { total }, description: 'Recharge, with a comma' });
    await by.call('POST', '/v3/pay/transactions/native', terms);
    await sandbox.pay(terms.out_trade_no, { notify: 'never' });
    return terms.out_trade_no;
  };
  const ask = (more = '', by = merchant) =>
    by.call<BillReply>('GET', `/v3/bill/tradebill?bill_date=${today}&tar_type=GZIP${more}`);
  const pathOf = (reply: { body: BillReply }) => {
    const { pathname, search } = new URL(reply.body.download_url);
    return `${pathname}${search}`;
  };
  /** Downloads with a signed request, as the documents want it. */
  const download = async (path: string) => {
    let bytes = Buffer.alloc(0);
    await merchant.call('GET', path, undefined, {
      read: async (response) => {
        bytes = Buffer.from(await response.arrayBuffer());
      },
    });
    return gunzipSync(bytes).toString('utf8');
  };

  it('are being written until their day is over, and missing for a day without trades', async () => {
    expect(await ask()).toMatchObject({ status: 400, body: { code: 'STATEMENT_CREATING' } });
    await sandbox.control('POST', `/bills/${today}`, { state: 'ready' });
    expect(await ask()).toMatchObject({ status: 400, body: { code: 'NO_STATEMENT_EXIST' } });
    const wrong = await merchant.call('GET', '/v3/bill/tradebill?bill_date=2026-2-1');
    expect(wrong).toMatchObject({
      status: 400,
      body: { code: 'PARAM_ERROR', detail: { field: '/bill_date' } },
    });
  });

  it('list what was paid and given back, sum it up, and can be proven by their hash', async () => {
    await sandbox.control('POST', `/bills/${today}`, { state: 'ready' });
    const [first, second] = [await pay(merchant, 5000), await pay(merchant, 1234)];
    const foreign = await pay(other, 777);
    await merchant.call('POST', '/v3/refund/domestic/refunds', {
      out_trade_no: first,
      out_refund_no: `${first}R1`,
      amount: { refund: 2000, total: 5000, currency: 'CNY' },
    });

    const reply = await ask();
    const text = await download(pathOf(reply));
    expect(reply.body.hash_type).toBe('SHA1');
    expect(createHash('sha1').update(text).digest('hex')).toBe(reply.body.hash_value);
    expect(text).not.toContain(foreign);

    const lines = text.trimEnd().split('\r\n');
    const head = fieldsOf(lines[0]);
    const at = (line: string | undefined, name: string) => fieldsOf(line)[head.indexOf(name)];
    expect(lines).toHaveLength(6);
    expect(lines[1]?.startsWith('`')).toBe(true);
    expect(fieldsOf(lines[1])).toHaveLength(head.length);
    expect([at(lines[1], '商户订单号'), at(lines[1], '订单金额'), at(lines[1], '手续费')]).toEqual([
      first,
      '50.00',
      '0.30000',
    ]);
    expect([at(lines[2], '商户订单号'), at(lines[2], '手续费'), at(lines[2], '费率')]).toEqual([
      second,
      '0.07000',
      '0.60%',
    ]);
    expect([at(lines[3], '商户退款单号'), at(lines[3], '退款金额'), at(lines[3], '手续费')]).toEqual([
      `${first}R1`,
      '20.00',
      '-0.12000',
    ]);
    expect([at(lines[3], '交易状态'), at(lines[3], '订单金额')]).toEqual(['REFUND', '0.00']);
    expect(fieldsOf(lines[5])).toEqual(['3', '62.34', '20.00', '0.00', '0.25000', '62.34', '20.00']);

    const payments = await download(pathOf(await ask('&bill_type=SUCCESS')));
    expect(payments).not.toContain('商户退款单号');
    const refunds = await download(pathOf(await ask('&bill_type=REFUND')));
    expect([refunds.includes('退款成功时间'), refunds.includes(second)]).toEqual([true, false]);
  });

  it('are for their merchant only', async () => {
    await sandbox.control('POST', `/bills/${today}`, { state: 'ready' });
    await pay(merchant, 1);
    const path = pathOf(await ask());
    expect(await other.call('GET', path)).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR' } });
    expect((await merchant.call('GET', path, undefined, { authorization: null })).status).toBe(401);
  });

  it('have the mistakes that were ordered', async () => {
    await sandbox.control('POST', `/bills/${today}`, { state: 'ready' });
    const [left, changed] = [await pay(merchant, 5000), await pay(merchant, 4321)];
    await sandbox.control('POST', '/bills/mistakes', { channel: 'wechat', number: left, omit: true });
    const mistake = { channel: 'wechat', number: changed, amount: '43.20', fee: '9.99' };
    expect((await sandbox.control('POST', '/bills/mistakes', mistake)).status).toBe(200);

    const text = await download(pathOf(await ask()));
    expect(text).not.toContain(left);
    const line = text.split('\r\n').find((candidate) => candidate.includes(changed));
    expect([line?.includes('`43.20,'), line?.includes('`9.99000,')]).toEqual([true, true]);
  });
});
