import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';
import { WechatMerchantUnderTest } from './testing/merchant.js';
import { startWechatSandbox, WechatNotifyReceiver } from './testing/wechat-sandbox.js';

const REFUNDS = '/v3/refund/domestic/refunds';

describe('refunds of WeChat Pay', () => {
  const merchant = new WechatMerchantUnderTest();
  const other = new WechatMerchantUnderTest('1900000002');
  let sandbox: SandboxUnderTest;
  let door: WechatNotifyReceiver;

  beforeAll(async () => {
    door = await WechatNotifyReceiver.listen();
    sandbox = await startWechatSandbox([merchant, other], { SANDBOX_TIME_SCALE: '20' });
  });
  afterAll(async () => {
    await sandbox.stop();
    await door.close();
  });

  const paidTrade = async () => {
    const terms = merchant.terms();
    await merchant.call('POST', '/v3/pay/transactions/native', terms);
    await sandbox.pay(terms.out_trade_no, { notify: 'never' });
    return terms.out_trade_no;
  };
  const ask = (outTradeNo: string, outRefundNo: string, refund: number, more: object = {}, by = merchant) =>
    by.call('POST', REFUNDS, {
      out_trade_no: outTradeNo,
      out_refund_no: outRefundNo,
      notify_url: door.url,
      amount: { refund, total: 5000, currency: 'CNY' },
      ...more,
    });
  const query = (outRefundNo: string, by = merchant) => by.call('GET', `${REFUNDS}/${outRefundNo}`);
  const untilStatus = (outRefundNo: string, status: string) =>
    until(`${outRefundNo} to be ${status}`, async () => (await query(outRefundNo)).body['status'] === status);
  const notified = (outRefundNo: string) =>
    until(`a notify of ${outRefundNo}`, () =>
      door.received
        .map(({ body }) => ({
          ...body,
          told: JSON.parse(merchant.decrypt(body.resource)) as { out_refund_no: string },
        }))
        .find(({ told }) => told.out_refund_no === outRefundNo),
    );
  const trouble = (outTradeNo: string, faults: Record<string, number>) =>
    sandbox.control('POST', `/trades/${outTradeNo}/faults`, { faults });

  it('are in process first, then succeed and are told of; the trade says REFUND', async () => {
    const outTradeNo = await paidTrade();
    const asked = await ask(outTradeNo, `${outTradeNo}R1`, 2000, { reason: 'half' });
    expect([asked.status, asked.body]).toMatchObject([
      200,
      {
        status: 'PROCESSING',
        refund_id: expect.stringMatching(/^5030\d{24}$/),
        amount: { refund: 2000, total: 5000 },
      },
    ]);
    await untilStatus(`${outTradeNo}R1`, 'SUCCESS');
    expect(await notified(`${outTradeNo}R1`)).toMatchObject({
      event_type: 'REFUND.SUCCESS',
      resource: { original_type: 'refund', associated_data: 'refund' },
      told: { refund_status: 'SUCCESS', out_refund_no: `${outTradeNo}R1`, amount: { refund: 2000 } },
    });
    const trade = await merchant.call(
      'GET',
      `/v3/pay/transactions/out-trade-no/${outTradeNo}?mchid=${merchant.mchid}`,
    );
    expect(trade.body).toMatchObject({ trade_state: 'REFUND', amount: { total: 5000 } });
  });

  it('are one for each number, and never more than was paid', async () => {
    const outTradeNo = await paidTrade();
    const first = await ask(outTradeNo, `${outTradeNo}R1`, 3000);
    const again = await ask(outTradeNo, `${outTradeNo}R1`, 3000);
    expect(again.body['refund_id']).toBe(first.body['refund_id']);
    const refused = { status: 400, body: { code: 'INVALID_REQUEST' } };
    expect(await ask(outTradeNo, `${outTradeNo}R1`, 2999)).toMatchObject(refused);
    expect(await ask(outTradeNo, `${outTradeNo}R2`, 2001)).toMatchObject(refused);
    const wrongTotal = { amount: { refund: 1, total: 4999, currency: 'CNY' } };
    expect(await ask(outTradeNo, `${outTradeNo}R2`, 1, wrongTotal)).toMatchObject(refused);
    expect((await ask(outTradeNo, `${outTradeNo}R2`, 2000)).status).toBe(200);
  });

  it('exist for their merchant only, and for paid trades only', async () => {
    const outTradeNo = await paidTrade();
    await ask(outTradeNo, `${outTradeNo}R1`, 1);
    const notThere = { status: 404, body: { code: 'RESOURCE_NOT_EXISTS' } };
    expect(await query(`${outTradeNo}R1`, other)).toMatchObject(notThere);
    expect(await query('NOSUCHREFUND')).toMatchObject(notThere);
    expect(await ask(outTradeNo, `${outTradeNo}R2`, 1, {}, other)).toMatchObject(notThere);
    expect(await ask('NOSUCHORDER', 'R3', 1)).toMatchObject(notThere);

    const unpaid = merchant.terms();
    await merchant.call('POST', '/v3/pay/transactions/native', unpaid);
    expect(await ask(unpaid.out_trade_no, 'R4', 1)).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST' },
    });
  });

  it('end abnormally or closed when ordered, and then a closed one leaves its money refundable', async () => {
    const outTradeNo = await paidTrade();
    await trouble(outTradeNo, { refundClosed: 1 });
    await ask(outTradeNo, `${outTradeNo}R1`, 5000);
    await untilStatus(`${outTradeNo}R1`, 'CLOSED');
    expect(await notified(`${outTradeNo}R1`)).toMatchObject({
      event_type: 'REFUND.CLOSED',
      told: { refund_status: 'CLOSED' },
    });

    await trouble(outTradeNo, { refundAbnormal: 1 });
    expect((await ask(outTradeNo, `${outTradeNo}R2`, 5000)).status).toBe(200);
    await untilStatus(`${outTradeNo}R2`, 'ABNORMAL');
    expect(await notified(`${outTradeNo}R2`)).toMatchObject({
      event_type: 'REFUND.ABNORMAL',
      told: { refund_status: 'ABNORMAL' },
    });
  });

  it('stay in process until somebody ends them, also across a restart', async () => {
    const outTradeNo = await paidTrade();
    await trouble(outTradeNo, { refundInProcess: 1, notEnough: 1 });
    expect(await ask(outTradeNo, `${outTradeNo}R1`, 100)).toMatchObject({
      status: 403,
      body: { code: 'NOT_ENOUGH' },
    });
    await ask(outTradeNo, `${outTradeNo}R1`, 100);
    sandbox = await sandbox.restart();
    merchant.baseUrl = sandbox.url;
    other.baseUrl = sandbox.url;
    expect((await query(`${outTradeNo}R1`)).body).toMatchObject({ status: 'PROCESSING' });
    expect((await sandbox.control('POST', `/refunds/${outTradeNo}R1/settle`, {})).status).toBe(200);
    expect((await query(`${outTradeNo}R1`)).body).toMatchObject({ status: 'SUCCESS' });
    const twice = await sandbox.control('POST', `/refunds/${outTradeNo}R1/settle`, {});
    expect([twice.status, twice.body.code]).toEqual([409, 'REFUND_SETTLED']);
  });

  it('go on after a crash, and are told of then', async () => {
    const outTradeNo = await paidTrade();
    await ask(outTradeNo, `${outTradeNo}R1`, 100);
    const crashed = await sandbox.startFromCrash();
    try {
      await until('its end', async () => {
        const { body } = await crashed.control('GET', `/refunds/${outTradeNo}R1`);
        return body.status === 'SUCCEEDED';
      });
      // Its own notify: the one that did not crash has sent another.
      await until('its notify', async () =>
        (await crashed.truth(outTradeNo)).notifies.some(({ state }) => state === 'DELIVERED'),
      );
    } finally {
      await crashed.stop();
    }
  });

  it.each([
    [{ out_refund_no: 'has space' }, '/out_refund_no'],
    [{ amount: { refund: 0, total: 5000, currency: 'CNY' } }, '/amount/refund'],
    [{ amount: { refund: 6000, total: 5000, currency: 'CNY' } }, '/amount/refund'],
    [{ out_trade_no: undefined }, '/out_trade_no'],
  ])('refuse a bad parameter %j by its name', async (change, field) => {
    const reply = await ask('ORDER-1', 'R1', 1, change);
    expect(reply).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR', detail: { field } } });
  });
});
