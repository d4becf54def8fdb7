import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NotifyReceiver } from '../testing/notify-receiver.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

const QUERY = 'alipay.trade.query';
const CLOSE = 'alipay.trade.close';

describe('trouble', () => {
  let sandbox: SandboxUnderTest;
  let shop: NotifyReceiver;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
    shop = await NotifyReceiver.listen();
  });
  afterEach(() => sandbox.control('DELETE', '/faults'));
  afterAll(async () => {
    await sandbox.stop();
    await shop.close();
  });

  const openTrade = async (outTradeNo?: string) => {
    const terms = outTradeNo === undefined ? {} : { out_trade_no: outTradeNo };
    return (await sandbox.openTrade(terms, { notify_url: shop.url })).outTradeNo;
  };
  const order = (outTradeNo: string, faults: Record<string, number>) =>
    sandbox.control('POST', `/trades/${outTradeNo}/faults`, { faults });
  const query = (outTradeNo: string) => sandbox.call(QUERY, { out_trade_no: outTradeNo });

  describe('ordered for one trade', () => {
    it('strikes as often as told and no more, and no other trade', async () => {
      const [ill, well] = [await openTrade(), await openTrade()];
      await order(ill, { serverError: 2 });

      expect([(await query(ill)).status, (await query(well)).status]).toEqual([502, 200]);
      expect([(await query(ill)).status, (await query(ill)).status]).toEqual([502, 200]);
    });

    it('can be ordered before the trade is there', async () => {
      const biz = sandbox.merchant.terms({ product_code: 'FACE_TO_FACE_PAYMENT' });
      await order(biz.out_trade_no, { serverError: 1 });

      expect((await sandbox.call('alipay.trade.precreate', biz)).status).toBe(502);
      expect((await sandbox.control('GET', `/trades/${biz.out_trade_no}`)).status).toBe(404);
    });

    it('serverError comes before the work', async () => {
      const outTradeNo = await openTrade();
      await order(outTradeNo, { serverError: 1 });

      await sandbox.call(CLOSE, { out_trade_no: outTradeNo });

      expect((await sandbox.truth(outTradeNo)).status).toBe('WAITING');
    });

    it('unsignedError answers error_response without a signature, before the work', async () => {
      const outTradeNo = await openTrade();
      await order(outTradeNo, { unsignedError: 1 });

      const reply = await sandbox.call(CLOSE, { out_trade_no: outTradeNo });

      expect(reply.text).toMatch(/^\{"error_response":\{"code":"20000".*\}\}$/);
      expect(reply.text).not.toContain('"sign"');
      expect((await sandbox.truth(outTradeNo)).status).toBe('WAITING');
    });

    it('systemError comes after the work: the outcome is unknown, not failed', async () => {
      const outTradeNo = await openTrade();
      await order(outTradeNo, { systemError: 1 });

      const reply = await sandbox.call(CLOSE, { out_trade_no: outTradeNo });

      expect(reply.body['sub_code']).toBe('ACQ.SYSTEM_ERROR');
      expect(sandbox.isSigned(reply)).toBe(true);
      expect((await sandbox.truth(outTradeNo)).status).toBe('CLOSED');
    });

    it('timeoutAfterWork does the work and never answers', async () => {
      const outTradeNo = await openTrade();
      await order(outTradeNo, { timeoutAfterWork: 1 });
      const body = new URLSearchParams(sandbox.merchant.request(CLOSE, { out_trade_no: outTradeNo }));
      const giveUp = new AbortController();

      const call = fetch(`${sandbox.url}/gateway.do`, { method: 'POST', body, signal: giveUp.signal });
      const answered = call.then(
        () => 'answered',
        () => 'not answered',
      );
      await sandbox.untilStatus(outTradeNo, 'CLOSED');
      await query(outTradeNo);
      giveUp.abort();

      expect(await answered).toBe('not answered');
    });

    it('tamperedReply is not what was signed', async () => {
      const outTradeNo = await openTrade();
      await order(outTradeNo, { tamperedReply: 1 });

      const reply = await query(outTradeNo);

      expect(reply.body['trade_status']).toBe('WAIT_BUYER_PAY');
      expect(sandbox.isSigned(reply)).toBe(false);
    });

    it('paidAfterClose takes the money of a buyer who came too late, and tells the merchant', async () => {
      const outTradeNo = await openTrade();
      await sandbox.call(CLOSE, { out_trade_no: outTradeNo });
      await order(outTradeNo, { paidAfterClose: 1 });

      const paid = await sandbox.pay(outTradeNo);

      expect(paid.body).toMatchObject({ status: 'PAID', closedBy: 'merchant' });
      await until('the notify', () => shop.of(outTradeNo).length === 1);
      expect((await query(outTradeNo)).body['trade_status']).toBe('TRADE_SUCCESS');
    });

    it('wrongAmount lets the buyer pay a fen too little', async () => {
      const outTradeNo = await openTrade();
      await order(outTradeNo, { wrongAmount: 1 });

      const paid = await sandbox.pay(outTradeNo);

      expect(paid.body).toMatchObject({ amount: '50.00', paidAmount: '49.99' });
    });
  });

  describe('at random', () => {
    const RATES = { notifyNever: 0.2, notifyDuplicate: 0.25, wrongAmount: 0.15, serverError: 0.3 };

    /** Pays trades with fixed numbers, in an order of their own, and tells what each met. */
    const run = async (prefix: string, numbers: readonly number[]) => {
      const met = new Map<number, string>();
      for (const number of numbers) {
        const outTradeNo = await openTrade(`${prefix}_${number}`);
        const paid = await sandbox.pay(outTradeNo, { notify: 'normal' });
        const { status } = await query(outTradeNo);
        met.set(number, `${paid.body.paidAmount} ${paid.body.notifies.length} ${status}`);
      }
      return numbers
        .map(Number)
        .sort((one, other) => one - other)
        .map((number) => met.get(number));
    };

    it('is the same for the same seed and the same trades, in whatever order they come, and another for another seed', async () => {
      const numbers = Array.from({ length: 60 }, (_, number) => number);
      const configure = (seed: unknown) => sandbox.control('POST', '/faults', { seed, rates: RATES });

      await configure('autumn');
      const first = await run('A', numbers);
      const fired = (await sandbox.control('GET', '/faults')).body.fired;
      const other = await SandboxUnderTest.start({}, sandbox.merchant);
      const before = sandbox;
      sandbox = other;
      await configure('autumn');
      const again = await run('A', numbers.toReversed());
      await configure('spring');
      const different = await run('B', numbers);
      await sandbox.stop();
      sandbox = before;

      expect(again).toEqual(first);
      expect(different).not.toEqual(first);
      // Every kind struck, and none struck always.
      for (const kind of Object.keys(RATES)) {
        expect(fired[kind]).toBeGreaterThan(0);
        expect(fired[kind]).toBeLessThan(60);
      }
    });

    it('never strikes at a rate of 0, always at 1, and gives way to what was asked for by name', async () => {
      await sandbox.control('POST', '/faults', { seed: 7, rates: { notifyNever: 1, wrongAmount: 0 } });
      const [left, named] = [await openTrade(), await openTrade()];

      await sandbox.pay(left);
      await sandbox.pay(named, { notify: 'duplicate' });

      expect(await sandbox.truth(left)).toMatchObject({ paidAmount: '50.00', notifies: [] });
      expect((await sandbox.truth(named)).notifies).toHaveLength(3);
    });

    it('ends with DELETE, also what was ordered for single trades', async () => {
      const outTradeNo = await openTrade();
      await sandbox.control('POST', '/faults', { seed: 7, rates: { serverError: 1 } });
      await order(outTradeNo, { systemError: 5 });

      expect((await sandbox.control('DELETE', '/faults')).status).toBe(204);

      expect((await query(outTradeNo)).body['code']).toBe('10000');
      expect((await sandbox.control('GET', '/faults')).body).toEqual({ seed: null, rates: {}, fired: {} });
    });
  });

  it('is remembered over a restart', async () => {
    const first = await SandboxUnderTest.start();
    const { outTradeNo } = await first.openTrade();
    await first.control('POST', '/faults', { seed: 'x', rates: { notifyNever: 0.5 } });
    await first.control('POST', `/trades/${outTradeNo}/faults`, { faults: { serverError: 1 } });

    const second = await first.restart();

    expect((await second.control('GET', '/faults')).body).toMatchObject({
      seed: 'x',
      rates: { notifyNever: 0.5 },
    });
    expect((await second.truth(outTradeNo)).orderedFaults).toEqual({ serverError: 1 });
    await second.stop();
  });
});
