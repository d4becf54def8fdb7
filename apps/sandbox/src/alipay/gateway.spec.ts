import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beijing, Merchant } from '../testing/merchant.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

const QUERY = 'alipay.trade.query';
const CLOSE = 'alipay.trade.close';
const PRECREATE = 'alipay.trade.precreate';

describe('gateway.do', () => {
  let sandbox: SandboxUnderTest;
  let merchant: Merchant;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
    merchant = sandbox.merchant;
  });
  afterAll(() => sandbox.stop());

  const query = (outTradeNo: string) => sandbox.call(QUERY, { out_trade_no: outTradeNo });

  describe('page and wap pay', () => {
    it('knows nothing of a payment URL that nobody has opened', async () => {
      const biz = merchant.terms();
      sandbox.payUrl(biz);

      const reply = await query(biz.out_trade_no);

      expect(reply.body).toMatchObject({
        code: '40004',
        sub_code: 'ACQ.TRADE_NOT_EXIST',
        out_trade_no: biz.out_trade_no,
      });
    });

    it('creates the trade when the buyer opens the URL, and sends the buyer to the cashier', async () => {
      const biz = merchant.terms({ total_amount: '50' });

      const response = await sandbox.open(sandbox.payUrl(biz));

      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toMatch(/^\/cashier\/[\w-]{24}$/);
      expect((await query(biz.out_trade_no)).body).toMatchObject({
        code: '10000',
        trade_status: 'WAIT_BUYER_PAY',
        total_amount: '50.00',
        receipt_amount: '0.00',
        trade_no: expect.stringMatching(/^\d{28}$/),
      });
    });

    it('shows the same cashier to a buyer who opens the URL again', async () => {
      const url = sandbox.payUrl(merchant.terms());

      const first = await sandbox.open(url);
      const second = await sandbox.open(url);

      expect(second.headers.get('location')).toBe(first.headers.get('location'));
    });

    it('takes the form of a browser, too, and wap pay', async () => {
      const biz = merchant.terms({ product_code: 'QUICK_WAP_WAY' });

      const response = await sandbox.open('/gateway.do', {
        method: 'POST',
        body: new URLSearchParams(merchant.request('alipay.trade.wap.pay', biz)),
      });

      expect(response.status).toBe(302);
      expect(await sandbox.truth(biz.out_trade_no)).toMatchObject({ method: 'wap', status: 'WAITING' });
    });

    it('shows the buyer a page with the code of a refused request', async () => {
      const biz = merchant.terms();
      const url = `${sandbox.url}/gateway.do?${new URLSearchParams(new Merchant().request('alipay.trade.page.pay', biz)).toString()}`;

      const response = await sandbox.open(url);

      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(await response.text()).toMatch(/>invalid-signature</);
    });

    it.each([
      ['another amount', { total_amount: '50.01' }],
      ['another subject', { subject: 'Something else' }],
    ])('refuses the number of an open trade with %s', async (_what, other) => {
      const biz = merchant.terms();
      await sandbox.open(sandbox.payUrl(biz));

      const response = await sandbox.open(sandbox.payUrl({ ...biz, ...other }));

      expect(await response.text()).toContain('ACQ.CONTEXT_INCONSISTENT');
      expect((await query(biz.out_trade_no)).body['total_amount']).toBe('50.00');
    });

    it('refuses the number of a paid trade, and that of a closed one', async () => {
      const [paid, closed] = [merchant.terms(), merchant.terms()];
      await sandbox.open(sandbox.payUrl(paid));
      await sandbox.open(sandbox.payUrl(closed));
      await sandbox.pay(paid.out_trade_no);
      await sandbox.call(CLOSE, { out_trade_no: closed.out_trade_no });

      expect(await (await sandbox.open(sandbox.payUrl(paid))).text()).toContain('ACQ.TRADE_HAS_SUCCESS');
      expect(await (await sandbox.open(sandbox.payUrl(closed))).text()).toContain('ACQ.TRADE_HAS_CLOSE');
    });

    it.each([
      ['no amount', { total_amount: undefined }],
      ['an amount of zero', { total_amount: '0.00' }],
      ['three decimals', { total_amount: '1.001' }],
      ['an exponent', { total_amount: '1e3' }],
      ['more than 100,000,000 yuan', { total_amount: '100000000.01' }],
      ['a number with characters that Alipay does not take', { out_trade_no: 'a b' }],
      ['no subject', { subject: '' }],
      ['another product', { product_code: 'FACE_TO_FACE_PAYMENT' }],
      ['no product', { product_code: undefined }],
      ['another seller', { seller_id: '2088000000000999' }],
      ['an expiry in no known form', { time_expire: 'tomorrow' }],
      ['an expiry later than 15 days', { time_expire: beijing(Date.now() + 16 * 86_400_000) }],
    ])('refuses terms with %s', async (_what, wrong) => {
      const response = await sandbox.open(sandbox.payUrl(merchant.terms(wrong)));

      expect(await response.text()).toContain('ACQ.INVALID_PARAMETER');
    });

    it('refuses a return address that is no web page: it would end up in a link', async () => {
      const url = sandbox.payUrl(merchant.terms(), { return_url: 'javascript:alert(1)' });

      expect(await (await sandbox.open(url)).text()).toContain('ACQ.INVALID_PARAMETER');
    });

    it('refuses a URL that is opened after its expiry', async () => {
      const biz = merchant.terms({ time_expire: beijing(Date.now() - 1000) });

      const response = await sandbox.open(sandbox.payUrl(biz));

      expect(await response.text()).toContain('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR');
      expect((await query(biz.out_trade_no)).body['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    });
  });

  describe('alipay.trade.query', () => {
    it('tells by either number of a paid trade what was paid and when', async () => {
      const { outTradeNo } = await sandbox.openTrade();
      await sandbox.pay(outTradeNo);

      const byOurs = await query(outTradeNo);
      const byTheirs = await sandbox.call(QUERY, {
        trade_no: byOurs.body['trade_no'],
        out_trade_no: 'ignored',
      });

      expect(byOurs.body).toMatchObject({
        code: '10000',
        msg: 'Success',
        trade_status: 'TRADE_SUCCESS',
        total_amount: '50.00',
        receipt_amount: '50.00',
        buyer_pay_amount: '50.00',
        send_pay_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      });
      expect(byTheirs.body).toEqual(byOurs.body);
    });

    it('names the method in the reply, says text/html, and escapes slashes before it signs', async () => {
      const { outTradeNo } = await sandbox.openTrade({ subject: 'A/B 充值' });

      const reply = await query(outTradeNo);

      expect(reply.text).toMatch(/^\{"alipay_trade_query_response":\{"code":"10000"/);
      expect(reply.text).toContain('A\\/B 充值');
      expect(reply.contentType).toBe('text/html;charset=utf-8');
      expect(sandbox.isSigned(reply)).toBe(true);
    });

    it('wants one of the two numbers', async () => {
      expect((await sandbox.call(QUERY, {})).body['sub_code']).toBe('ACQ.INVALID_PARAMETER');
    });

    it('counts the queries of each trade', async () => {
      const { outTradeNo } = await sandbox.openTrade();

      await query(outTradeNo);
      await query(outTradeNo);

      expect((await sandbox.truth(outTradeNo)).queries).toBe(2);
    });
  });

  describe('alipay.trade.close', () => {
    it('closes a trade that waits, which then can no more be paid', async () => {
      const { outTradeNo } = await sandbox.openTrade();

      const reply = await sandbox.call(CLOSE, { out_trade_no: outTradeNo });

      expect(reply.body).toMatchObject({ code: '10000', out_trade_no: outTradeNo });
      expect((await query(outTradeNo)).body['trade_status']).toBe('TRADE_CLOSED');
      expect((await sandbox.pay(outTradeNo)).body).toMatchObject({ status: 409, code: 'TRADE_CLOSED' });
    });

    it('refuses a paid trade, a closed one and one that it does not know', async () => {
      const paid = await sandbox.openTrade();
      const closed = await sandbox.openTrade();
      await sandbox.pay(paid.outTradeNo);
      await sandbox.call(CLOSE, { out_trade_no: closed.outTradeNo });

      const close = async (outTradeNo: string) =>
        (await sandbox.call(CLOSE, { out_trade_no: outTradeNo })).body['sub_code'];

      expect(await close(paid.outTradeNo)).toBe('ACQ.TRADE_STATUS_ERROR');
      expect(await close(closed.outTradeNo)).toBe('ACQ.TRADE_HAS_CLOSE');
      expect(await close('unknown')).toBe('ACQ.TRADE_NOT_EXIST');
      expect((await query(paid.outTradeNo)).body['trade_status']).toBe('TRADE_SUCCESS');
    });
  });

  describe('alipay.trade.precreate', () => {
    const qrTerms = () => merchant.terms({ product_code: 'FACE_TO_FACE_PAYMENT' });

    it('gives a code, and no trade until somebody scans it', async () => {
      const biz = qrTerms();

      const reply = await sandbox.call(PRECREATE, biz);

      expect(reply.body).toMatchObject({ code: '10000', out_trade_no: biz.out_trade_no });
      expect(sandbox.isSigned(reply)).toBe(true);
      expect((await query(biz.out_trade_no)).body['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
      expect((await sandbox.call(CLOSE, { out_trade_no: biz.out_trade_no })).body['sub_code']).toBe(
        'ACQ.TRADE_NOT_EXIST',
      );
    });

    it('leads the one who scans to the cashier; a close before the scan has closed nothing', async () => {
      const biz = qrTerms();
      const { qr_code: qrCode = '' } = (await sandbox.call(PRECREATE, biz)).body;
      await sandbox.call(CLOSE, { out_trade_no: biz.out_trade_no });

      const scanned = await sandbox.open(new URL(qrCode).pathname);

      expect(scanned.headers.get('location')).toMatch(/^\/cashier\//);
      expect((await query(biz.out_trade_no)).body['trade_status']).toBe('WAIT_BUYER_PAY');
    });

    it('gives the same code for the same terms and none for others', async () => {
      const biz = qrTerms();
      const first = await sandbox.call(PRECREATE, biz);

      const again = await sandbox.call(PRECREATE, biz);
      const other = await sandbox.call(PRECREATE, { ...biz, total_amount: '51.00' });

      expect(again.body['qr_code']).toBe(first.body['qr_code']);
      expect(other.body['sub_code']).toBe('ACQ.CONTEXT_INCONSISTENT');
    });

    it('refuses the number of a trade that was paid', async () => {
      const biz = qrTerms();
      await sandbox.call(PRECREATE, biz);
      await sandbox.pay(biz.out_trade_no);

      expect((await sandbox.call(PRECREATE, biz)).body['sub_code']).toBe('ACQ.TRADE_HAS_SUCCESS');
    });

    it('turns away the one who scans too late', async () => {
      const biz = { ...qrTerms(), time_expire: beijing(Date.now() + 2500) };
      const { qr_code: qrCode = '' } = (await sandbox.call(PRECREATE, biz)).body;
      const expired = () => Date.now() > Date.parse(`${biz.time_expire.replace(' ', 'T')}+08:00`);
      await until('the code to expire', expired);

      const scanned = await sandbox.open(new URL(qrCode).pathname);

      expect(await scanned.text()).toContain('ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR');
      expect((await query(biz.out_trade_no)).body['sub_code']).toBe('ACQ.TRADE_NOT_EXIST');
    });
  });

  describe('expiry', () => {
    it('closes a trade by itself, and refuses the buyer who comes after', async () => {
      const { outTradeNo } = await sandbox.openTrade({ time_expire: beijing(Date.now() + 2500) });

      await sandbox.untilStatus(outTradeNo, 'CLOSED');

      expect((await query(outTradeNo)).body['trade_status']).toBe('TRADE_CLOSED');
      expect(await sandbox.truth(outTradeNo)).toMatchObject({ closedBy: 'expiry' });
      expect((await sandbox.pay(outTradeNo)).body.code).toBe('TRADE_CLOSED');
    });
  });
});
