import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Account,
  type ApiAnswer,
  type ApiClient,
  eventually,
  type RechargeView,
  startTestStack,
  type TestStack,
} from '#libs/testing';
import { Books } from './support/books.js';
import { type NotifyFields, NotifyWriter } from './support/hand-made-notify.js';

jest.setTimeout(60_000);

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

interface Conflict {
  readonly attemptId: string;
  readonly orderId: string;
  readonly merchantId: string;
  readonly expectedAmount: string;
  readonly paidAmount: string | null;
  readonly channelTradeNo: string | null;
  readonly reason: string;
}

describe("Alipay's notify", () => {
  let stack: TestStack;
  let api: ApiClient;
  let books: Books;
  let writer: NotifyWriter;
  let operator: Account;
  /** Whose orders are never paid as they should be: nothing may ever be credited to them. */
  let pauper: Account;

  beforeAll(async () => {
    stack = await startTestStack();
    books = await Books.open(stack.urls.mysql);
    api = stack.api();
    const { ALIPAY_APP_ID: appId = '', ALIPAY_SELLER_ID: sellerId = '' } = stack.envOf('payment-1');
    writer = new NotifyWriter(stack.dataDir, { appId, sellerId });
    operator = await api.signInOperator();
    pauper = await api.registerMerchant();
  }, 120_000);

  afterAll(async () => {
    await books?.close();
    await stack?.stop();
  });

  async function newOrder(
    merchant?: Account,
    amount = '50.00',
  ): Promise<{ merchant: Account; recharge: RechargeView }> {
    const owner = merchant ?? (await api.registerMerchant());
    return { merchant: owner, recharge: await owner.recharge({ amount }) };
  }

  function post(
    body: URLSearchParams | string | Uint8Array,
    headers: Record<string, string> = FORM,
  ): Promise<ApiAnswer> {
    return api.send('POST', '/v1/notify/alipay', {
      body: body instanceof URLSearchParams ? body.toString() : body,
      headers,
    });
  }

  const countOf = (result: string) =>
    stack.counter('payment', 'clearbid_payment_notifies_total', { channel: 'alipay', result });

  /** Holds a notify to a refusal: Alipay will come again, it was counted, and nothing has moved. */
  async function expectRefused(
    { merchant, recharge }: { merchant: Account; recharge: RechargeView },
    send: () => Promise<ApiAnswer>,
    result: string,
  ): Promise<void> {
    const before = {
      rows: await books.rowCounts(),
      order: await books.orderOf(recharge.id),
      count: await countOf(result),
    };
    const { status, text } = await send();
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toMatch(/success/i);
    expect(await countOf(result)).toBe(before.count + 1);
    expect(await books.rowCounts()).toEqual(before.rows);
    expect(await books.orderOf(recharge.id)).toEqual(before.order);
    expect(await merchant.balance()).toBe('0.00');
  }

  async function expectAccepted(body: URLSearchParams): Promise<void> {
    const { status, text, contentType } = await post(body);
    expect({ status, text }).toEqual({ status: 200, text: 'success' });
    expect(contentType).toMatch(/^text\/plain/);
  }

  async function conflictOf(recharge: RechargeView): Promise<Conflict | undefined> {
    const { items } = await operator.call<{ items: Conflict[] }>(
      'GET',
      '/v1/admin/payment-conflicts?limit=100',
    );
    return items.find(({ orderId }) => orderId === recharge.id);
  }

  describe('as it should be', () => {
    it('written by hand and signed with its key: paid and credited', async () => {
      const { merchant, recharge } = await newOrder();
      const fields = writer.fieldsOf(recharge);

      await expectAccepted(writer.signed(fields));

      const credited = await merchant.until(recharge.id, 'CREDITED');
      expect(credited).toMatchObject({
        channelTradeNo: fields['trade_no'],
        paidAt: '2026-11-20T08:00:30.000Z',
      });
      expect(await merchant.balance()).toBe('50.00');
    });

    it.each<[string, NotifyFields]>([
      ['TRADE_FINISHED, which is paid, too', { trade_status: 'TRADE_FINISHED' }],
      ['an amount without its decimals', { total_amount: '50' }],
      ['Chinese, a percent sign and a plus in the subject', { subject: '充值 100% + 优惠 & 更多' }],
      ['fields that nobody knows yet', { something_new: 'yes', empty: '' }],
    ])('with %s', async (_what, other) => {
      const { merchant, recharge } = await newOrder();

      await expectAccepted(writer.signed(writer.fieldsOf(recharge, other)));

      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('50.00');
    });

    it('fifty times at once over both gateways: one credit, and every one hears success', async () => {
      const { merchant, recharge } = await newOrder();
      const form = writer.signed(writer.fieldsOf(recharge));
      const accepted = await countOf('ACCEPTED');

      const answers = await Promise.all(Array.from({ length: 50 }, () => post(form)));

      expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(
        answers.map(() => '200 success'),
      );
      expect(await countOf('ACCEPTED')).toBe(accepted + 50);
      await merchant.until(recharge.id, 'CREDITED');
      await expectAccepted(form);
      expect(await books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
      expect((await merchant.entries()).items).toHaveLength(1);
    });

    it('told on both gateways at once for twenty orders of one merchant: each is credited once', async () => {
      const merchant = await api.registerMerchant();
      const orders = await Promise.all(
        Array.from({ length: 20 }, () => merchant.recharge({ amount: '0.10' })),
      );
      const forms = orders.map((order) => writer.signed(writer.fieldsOf(order)));

      await Promise.all([...forms, ...forms.toReversed()].map((form) => expectAccepted(form)));

      await merchant.untilBalance('2.00');
      const { items } = await merchant.entries({ limit: '100' });
      expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => 20 - index));
      expect(new Set(items.map(({ reference }) => reference))).toEqual(new Set(orders.map(({ id }) => id)));
    });
  });

  describe('overtaken by what we know already', () => {
    it.each(['WAIT_BUYER_PAY', 'TRADE_CLOSED', 'TRADE_SUCCESS', 'TRADE_FINISHED'])(
      '%s after the order was credited is taken, and changes nothing',
      async (status) => {
        const { merchant, recharge } = await newOrder();
        await expectAccepted(writer.signed(writer.fieldsOf(recharge)));
        await merchant.until(recharge.id, 'CREDITED');
        const before = await books.orderOf(recharge.id);

        await expectAccepted(writer.signed(writer.fieldsOf(recharge, { trade_status: status })));
        // Even with another amount: what is decided is decided, and none of it is booked.
        await expectAccepted(
          writer.signed(writer.fieldsOf(recharge, { trade_status: status, total_amount: '9999.00' })),
        );

        expect(await books.orderOf(recharge.id)).toEqual(before);
        expect(await books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
        expect(await conflictOf(recharge)).toBeUndefined();
      },
    );

    it('WAIT_BUYER_PAY before it is paid changes nothing', async () => {
      const { merchant, recharge } = await newOrder();
      const before = await books.orderOf(recharge.id);

      await expectAccepted(writer.signed(writer.fieldsOf(recharge, { trade_status: 'WAIT_BUYER_PAY' })));

      expect(await books.orderOf(recharge.id)).toEqual(before);
      expect(await merchant.balance()).toBe('0.00');
    });

    it('TRADE_CLOSED before it is paid closes it, and paid after that it is credited', async () => {
      const { merchant, recharge } = await newOrder();

      await expectAccepted(writer.signed(writer.fieldsOf(recharge, { trade_status: 'TRADE_CLOSED' })));
      expect((await merchant.get(recharge.id)).state).toBe('CLOSED');

      await expectAccepted(writer.signed(writer.fieldsOf(recharge)));
      await merchant.until(recharge.id, 'CREDITED');
      expect(await merchant.balance()).toBe('50.00');
    });
  });

  describe("that is not Alipay's", () => {
    it.each<[string, (form: URLSearchParams) => void, string]>([
      [
        'whose signature has one bit turned over',
        (form) => form.set('sign', spoil(form.get('sign') ?? '')),
        'BAD_SIGNATURE',
      ],
      ['whose signature is garbage', (form) => form.set('sign', 'garbage'), 'BAD_SIGNATURE'],
      ['whose signature is of another notify', (form) => form.set('sign', otherSignature()), 'BAD_SIGNATURE'],
      ['without a signature', (form) => form.delete('sign'), 'MALFORMED'],
      ['with an empty signature', (form) => form.set('sign', ''), 'MALFORMED'],
      [
        'whose trade number was changed on the way',
        (form) => form.set('trade_no', '2026112022001400000000000666'),
        'BAD_SIGNATURE',
      ],
      ['with a field more than was signed', (form) => form.append('extra', '1'), 'BAD_SIGNATURE'],
      ['with a field less than was signed', (form) => form.delete('version'), 'BAD_SIGNATURE'],
    ])('%s', async (_what, spoiled, result) => {
      const order = await newOrder(pauper);
      const form = writer.signed(writer.fieldsOf(order.recharge));
      spoiled(form);

      await expectRefused(order, () => post(form), result);
    });

    it('whose amount was changed on the way', async () => {
      const order = await newOrder(pauper, '5000.00');
      const form = writer.signed(writer.fieldsOf(order.recharge, { total_amount: '0.01' }));
      form.set('total_amount', '5000.00');

      await expectRefused(order, () => post(form), 'BAD_SIGNATURE');
    });

    it('signed with our own application key, whose public half everybody may know', async () => {
      const order = await newOrder(pauper);
      const form = writer.signed(writer.fieldsOf(order.recharge), { key: writer.applicationKey });

      await expectRefused(order, () => post(form), 'BAD_SIGNATURE');
    });

    it('signed the old way, with SHA-1, and saying so: also with the right key', async () => {
      const order = await newOrder(pauper);
      const form = writer.signed(writer.fieldsOf(order.recharge), { digest: 'RSA-SHA1', signType: 'RSA' });

      await expectRefused(order, () => post(form), 'BAD_SIGNATURE');
    });

    it('signed the new way, and saying it were the old', async () => {
      const order = await newOrder(pauper);
      const form = writer.signed(writer.fieldsOf(order.recharge), { signType: 'RSA' });

      await expectRefused(order, () => post(form), 'BAD_SIGNATURE');
    });

    function otherSignature(): string {
      return (
        writer.signed(writer.fieldsOf({ outTradeNo: '1077389205120450560', amount: '50.00' })).get('sign') ??
        ''
      );
    }
  });

  describe('that can not be read', () => {
    it.each<
      [string, (form: URLSearchParams) => { body: string | Uint8Array; headers?: Record<string, string> }]
    >([
      ['empty', () => ({ body: '' })],
      [
        'JSON',
        (form) => ({
          body: JSON.stringify(Object.fromEntries(form)),
          headers: { 'content-type': 'application/json' },
        }),
      ],
      ['broken JSON', () => ({ body: '{', headers: { 'content-type': 'application/json' } })],
      ['JSON that says it were a form', (form) => ({ body: JSON.stringify(Object.fromEntries(form)) })],
      ['XML', () => ({ body: '<xml><sign>abc</sign></xml>', headers: { 'content-type': 'text/xml' } })],
      [
        'bytes that are no text',
        () => ({ body: Uint8Array.from({ length: 512 }, (_, index) => index % 256) }),
      ],
      ['with its amount twice', (form) => ({ body: `${form.toString()}&total_amount=50.00` })],
      ['with its order twice', (form) => ({ body: `out_trade_no=1&${form.toString()}` })],
      ['with its signature twice', (form) => ({ body: `${form.toString()}&sign=abc` })],
    ])('%s', async (_what, bodyOf) => {
      const order = await newOrder(pauper);
      const { body, headers } = bodyOf(writer.signed(writer.fieldsOf(order.recharge)));

      await expectRefused(order, () => post(body, headers), 'MALFORMED');
    });

    it('of a megabyte: the gateway does not even pass it on', async () => {
      const { merchant, recharge } = await newOrder(pauper);
      const before = { rows: await books.rowCounts(), order: await books.orderOf(recharge.id) };

      const { status, text } = await post(
        writer.signed(writer.fieldsOf(recharge, { body: 'x'.repeat(1_000_000) })),
      );

      expect(status).toBe(413);
      expect(text).not.toMatch(/success/i);
      expect(await books.rowCounts()).toEqual(before.rows);
      expect(await books.orderOf(recharge.id)).toEqual(before.order);
      expect(await merchant.balance()).toBe('0.00');
    });

    it.each<[string, NotifyFields]>([
      ['a state that nobody knows', { trade_status: 'TRADE_PONDERED' }],
      ['no trade number', { trade_no: '' }],
      ['an amount with an exponent', { total_amount: '5e1' }],
      ['an amount below zero', { total_amount: '-50.00' }],
      ['an amount with three decimals', { total_amount: '50.000' }],
      ['an amount that is no number', { total_amount: 'fifty' }],
    ])('signed by Alipay, with %s', async (_what, other) => {
      const order = await newOrder(pauper);
      await expectRefused(
        order,
        () => post(writer.signed(writer.fieldsOf(order.recharge, other))),
        'MALFORMED',
      );
    });

    it.each([
      '1077389205120450560',
      '9223372036854775807',
      '9999999999999999999',
      'abc',
      '0',
      '-1',
      "1' OR '1'='1",
      '12345678901234567890123456789012',
    ])('signed by Alipay, of the order %j, which is none of ours', async (outTradeNo) => {
      const order = await newOrder(pauper);
      const form = writer.signed(writer.fieldsOf({ outTradeNo, amount: '50.00' }));

      await expectRefused(order, () => post(form), 'UNKNOWN_ORDER');
    });

    it("of an order's id in the place of its attempt's", async () => {
      const order = await newOrder(pauper);
      const form = writer.signed(writer.fieldsOf({ outTradeNo: order.recharge.id, amount: '50.00' }));

      await expectRefused(order, () => post(form), 'UNKNOWN_ORDER');
    });
  });

  describe('that tells of a payment that was not as asked', () => {
    it.each<[string, NotifyFields, string]>([
      ['a cent too little', { total_amount: '49.99' }, '49.99'],
      ['a cent too much', { total_amount: '50.01' }, '50.01'],
      ['a hundredth of it, as if yuan were fen', { total_amount: '0.50' }, '0.50'],
      ['to another application', { app_id: '2021000000000666' }, '50.00'],
      ['to another seller', { seller_id: '2088000000000666' }, '50.00'],
    ])('%s: an operator sees it, and nobody is ever credited', async (_what, other, paidAmount) => {
      const { merchant, recharge } = await newOrder(pauper);
      const fields = writer.fieldsOf(recharge, other);
      const conflicts = () =>
        stack.counter('payment', 'clearbid_payment_settlements_total', {
          source: 'notify',
          action: 'CONFLICT',
        });
      const before = await conflicts();

      await expectAccepted(writer.signed(fields));
      await expectAccepted(writer.signed(fields));

      expect(await conflicts()).toBe(before + 1);
      expect(await conflictOf(recharge)).toMatchObject({
        attemptId: recharge.outTradeNo,
        merchantId: merchant.id,
        expectedAmount: '50.00',
        paidAmount,
        channelTradeNo: fields['trade_no'],
        reason: expect.stringMatching(/\w/),
      });

      await expectAccepted(writer.signed(writer.fieldsOf(recharge)));

      const { attempts } = await books.orderOf(recharge.id);
      expect(attempts).toMatchObject([{ state: 'CONFLICTED' }]);
      expect((await merchant.get(recharge.id)).state).toBe('PAYING');
      expect(await books.creditsOf(recharge.id)).toEqual({ transfers: 0, micros: '0' });
      expect(await merchant.balance()).toBe('0.00');
    });

    it('with the trade of another order: one trade pays one order', async () => {
      const [first, second] = [await newOrder(), await newOrder(pauper)];
      const trade_no = '2026112022001400000000777777';
      await expectAccepted(writer.signed(writer.fieldsOf(first.recharge, { trade_no })));
      await first.merchant.until(first.recharge.id, 'CREDITED');

      const { text } = await post(writer.signed(writer.fieldsOf(second.recharge, { trade_no })));

      expect(text).not.toBe('success');
      expect((await second.merchant.get(second.recharge.id)).state).toBe('PAYING');
      expect(await second.merchant.balance()).toBe('0.00');
    });

    it('is listed for operators page by page, newest first, over all tables', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const after: string = cursor === null ? '' : `&cursor=${cursor}`;
        const page: { items: Conflict[]; nextCursor: string | null } = await operator.call(
          'GET',
          `/v1/admin/payment-conflicts?limit=2${after}`,
        );
        seen.push(...page.items.map(({ attemptId }) => attemptId));
        cursor = page.nextCursor;
      } while (cursor !== null);

      const all = await operator.call<{ items: Conflict[] }>('GET', '/v1/admin/payment-conflicts?limit=100');
      expect(seen.length).toBeGreaterThanOrEqual(5);
      expect(seen).toEqual(all.items.map(({ attemptId }) => attemptId));
      expect(seen.map(BigInt)).toEqual(seen.map(BigInt).toSorted((one, other) => (one < other ? 1 : -1)));
    });
  });

  describe('sent by the sandbox on its own ladder', () => {
    it('tampered with on the way, every time: refused, and found by asking the channel', async () => {
      const { merchant, recharge } = await newOrder();
      const refused = await countOf('BAD_SIGNATURE');

      const { tradeNo } = await stack.sandboxClient.pay(recharge, { notify: 'tampered' });

      const credited = await merchant.until(recharge.id, 'CREDITED');
      expect(credited.channelTradeNo).toBe(tradeNo);
      const trade = await eventually('the sandbox has tried', async () => {
        const found = await stack.sandboxClient.trade(recharge.outTradeNo);
        return (found.notifies[0]?.deliveries.length ?? 0) > 0 && found;
      });
      for (const { status, answer } of trade.notifies[0]?.deliveries ?? []) {
        expect(status).toBe(400);
        expect(answer).toMatch(/^fail/);
      }
      expect(await countOf('BAD_SIGNATURE')).toBeGreaterThan(refused);
      expect(await books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
    });

    it.each(['duplicate', 'late', 'outOfOrder'] as const)(
      '%s: one credit, and every delivery hears success',
      async (notify) => {
        const { merchant, recharge } = await newOrder();

        await stack.sandboxClient.pay(recharge, { notify, ...(notify === 'late' ? { delayMs: 2_500 } : {}) });

        await merchant.until(recharge.id, 'CREDITED');
        const { notifies } = await eventually(
          'everything is delivered',
          async () => {
            const trade = await stack.sandboxClient.trade(recharge.outTradeNo);
            return trade.notifies.every(({ state }) => state === 'DELIVERED') && trade;
          },
          { withinMs: 20_000 },
        );
        expect(notifies).toHaveLength({ duplicate: 3, late: 1, outOfOrder: 2 }[notify]);
        expect(notifies.flatMap(({ deliveries }) => deliveries.map(({ answer }) => answer))).toEqual(
          notifies.map(() => 'success'),
        );
        expect(await books.creditsOf(recharge.id)).toEqual({ transfers: 1, micros: '50000000' });
        expect((await merchant.get(recharge.id)).state).toBe('CREDITED');
      },
    );

    it('signed, but about a payment of one fen less: a conflict, also when it is asked for', async () => {
      const { merchant, recharge } = await newOrder();

      await stack.sandboxClient.pay(recharge, { amount: '49.99', notify: 'never' });

      const conflict = await eventually('the conflict is found', () => conflictOf(recharge));
      expect(conflict).toMatchObject({ expectedAmount: '50.00', paidAmount: '49.99' });
      expect(await merchant.balance()).toBe('0.00');
    });
  });

  it('is posted: any other method is refused', async () => {
    expect((await api.send('GET', '/v1/notify/alipay')).status).toBe(405);
    expect((await api.send('POST', '/v1/notify/wechat', { body: '' })).status).toBe(404);
  });
});

function spoil(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  bytes[10] = (bytes[10] ?? 0) ^ 0x04;
  return bytes.toString('base64');
}
