import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';

describe('refunds at Alipay', () => {
  let sandbox: SandboxUnderTest;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
  });
  afterAll(() => sandbox.stop());

  const paid = async (payment: object = {}) => {
    const { outTradeNo } = await sandbox.openTrade();
    await sandbox.pay(outTradeNo, { notify: 'never', ...payment });
    return outTradeNo;
  };
  const refund = async (outTradeNo: string, number: string, amount: string) =>
    (
      await sandbox.call('alipay.trade.refund', {
        out_trade_no: outTradeNo,
        out_request_no: `${outTradeNo}-${number}`,
        refund_amount: amount,
      })
    ).body;
  const ask = async (outTradeNo: string, number: string) =>
    (
      await sandbox.call('alipay.trade.fastpay.refund.query', {
        out_trade_no: outTradeNo,
        out_request_no: `${outTradeNo}-${number}`,
      })
    ).body;
  const trouble = (outTradeNo: string, faults: object) =>
    sandbox.control('POST', `/trades/${outTradeNo}/faults`, { faults });

  it('move money once a number, never more than was paid, and close the trade when all is back', async () => {
    const trade = await paid();

    expect(await refund(trade, 'a', '20.00')).toMatchObject({ fund_change: 'Y', refund_fee: '20.00' });
    expect(await refund(trade, 'a', '20.00')).toMatchObject({ fund_change: 'N', refund_fee: '20.00' });
    expect(await refund(trade, 'a', '10.00')).toMatchObject({ sub_code: 'ACQ.DISCORDANT_REPEAT_REQUEST' });
    expect(await refund(trade, 'b', '30.01')).toMatchObject({ sub_code: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' });
    const query = () => sandbox.call('alipay.trade.query', { out_trade_no: trade });
    expect((await query()).body).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await refund(trade, 'c', '30.00')).toMatchObject({ fund_change: 'Y', refund_fee: '50.00' });
    expect((await query()).body).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect(await ask(trade, 'a')).toMatchObject({ refund_status: 'REFUND_SUCCESS', refund_amount: '20.00' });
    expect(await ask(trade, 'b')).toEqual({ code: '10000', msg: 'Success' });
  });

  it('answered as unknown were done', async () => {
    const trade = await paid();
    await trouble(trade, { systemError: 1 });

    expect(await refund(trade, 'a', '20.00')).toMatchObject({ sub_code: 'ACQ.SYSTEM_ERROR' });
    expect(await ask(trade, 'a')).toMatchObject({ refund_status: 'REFUND_SUCCESS' });
  });

  it('in process say nothing until they are settled', async () => {
    const trade = await paid();
    await trouble(trade, { refundInProcess: 1 });

    expect(await refund(trade, 'a', '20.00')).toMatchObject({ code: '10000', fund_change: 'N' });
    expect(await ask(trade, 'a')).toEqual({ code: '10000', msg: 'Success' });
    await sandbox.control('POST', `/refunds/${trade}-a/settle`, {});
    expect(await ask(trade, 'a')).toMatchObject({ refund_status: 'REFUND_SUCCESS' });
  });

  it('are refused without money, of finished and of unpaid trades', async () => {
    const trade = await paid();
    await trouble(trade, { notEnough: 1 });
    expect(await refund(trade, 'a', '20.00')).toMatchObject({ sub_code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' });
    expect(await refund(trade, 'a', '20.00')).toMatchObject({ fund_change: 'Y' });

    expect(await refund(await paid({ finished: true }), 'a', '1.00')).toMatchObject({
      sub_code: 'ACQ.TRADE_HAS_FINISHED',
    });
    const { outTradeNo } = await sandbox.openTrade();
    expect(await refund(outTradeNo, 'a', '1.00')).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
  });
});
