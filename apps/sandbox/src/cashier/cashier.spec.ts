import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beijing } from '../testing/merchant.js';
import { NotifyReceiver } from '../testing/notify-receiver.js';
import { SandboxUnderTest } from '../testing/sandbox-under-test.js';
import { until } from '../testing/until.js';

const EVIL = `<img src=x onerror="alert('x')">`;
const ESCAPED = '&lt;img src=x onerror=&quot;alert(&#39;x&#39;)&quot;&gt;';
const ENGLISH = { headers: { 'accept-language': 'en-US,en' } };

describe('the cashier', () => {
  let sandbox: SandboxUnderTest;
  let shop: NotifyReceiver;

  beforeAll(async () => {
    sandbox = await SandboxUnderTest.start();
    shop = await NotifyReceiver.listen();
  });
  afterAll(async () => {
    await sandbox.stop();
    await shop.close();
  });

  const openTrade = (
    terms: Record<string, unknown> = {},
    returnUrl = 'http://127.0.0.1:9/recharges/7?from=pay&x=1',
  ) =>
    sandbox.openTrade(terms, {
      notify_url: shop.url,
      ...(returnUrl === '' ? {} : { return_url: returnUrl }),
    });
  const read = async (path: string, init: RequestInit = {}) => (await sandbox.open(path, init)).text();
  const press = (cashierPath: string, form: Record<string, string> = {}) =>
    sandbox.open(`${cashierPath}/pay`, { method: 'POST', body: new URLSearchParams(form) });

  it('shows what is to be paid, how long there is, and that no real money moves; in the language of the browser', async () => {
    const { outTradeNo, cashierPath } = await openTrade({ subject: 'Recharge 充值', total_amount: '1234.5' });

    const [chinese, english] = [await read(cashierPath), await read(cashierPath, ENGLISH)];

    for (const page of [chinese, english]) {
      expect(page).toContain('Recharge 充值');
      expect(page).toContain('<span>¥</span>1234.50');
      expect(page).toContain(outTradeNo);
    }
    expect(chinese).toContain('没有任何真实资金流动');
    expect(english).toContain('no real money moves');
    expect(english).toContain('<html lang="en">');
    const leftMs = Number(/data-left-ms="(\d+)"/.exec(english)?.[1]);
    expect(leftMs).toBeGreaterThan(14 * 60_000);
    expect(leftMs).toBeLessThanOrEqual(15 * 60_000);
  });

  it('escapes whatever the merchant sent, on every page', async () => {
    const terms = { subject: EVIL };
    const open = await openTrade(terms);
    const paid = await openTrade(terms);
    const closed = await openTrade(terms);
    await press(paid.cashierPath);
    await sandbox.call('alipay.trade.close', { out_trade_no: closed.outTradeNo });

    for (const { cashierPath } of [open, paid, closed]) {
      const page = await read(cashierPath);
      expect(page).toContain(ESCAPED);
      expect(page).not.toContain('<img');
    }
  });

  it('escapes what came back from a refused request, and what was typed', async () => {
    const forged = new URLSearchParams(sandbox.merchant.request('alipay.trade.page.pay', { subject: EVIL }));
    forged.set('version', EVIL);
    const { cashierPath } = await openTrade();

    const refused = await read(`/gateway.do?${forged.toString()}`);
    const typed = await (await press(cashierPath, { amount: EVIL })).text();

    expect(refused).toContain('invalid-signature');
    expect(refused).not.toContain('<img');
    expect(typed).toContain(`value="${ESCAPED}"`);
    expect(typed).not.toContain('<img');
  });

  it('may run nothing but its own script', async () => {
    const { cashierPath } = await openTrade();

    const response = await sandbox.open(cashierPath);

    const policy = response.headers.get('content-security-policy') ?? '';
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(await response.text()).toContain(`<script nonce="${nonce}">`);
    expect((await sandbox.open(cashierPath)).headers.get('content-security-policy')).not.toContain(nonce);
  });

  it('pays at the press of the button, tells the merchant, and takes the buyer back with signed parameters', async () => {
    const { outTradeNo, cashierPath } = await openTrade();

    const pressed = await press(cashierPath, { notify: 'normal', amount: '', delaySeconds: '' });
    const page = await read(cashierPath, ENGLISH);

    expect(pressed.status).toBe(303);
    expect(pressed.headers.get('location')).toBe(cashierPath);
    expect(page).toContain('Payment successful');
    await until('the notify', () => shop.of(outTradeNo).length === 1);
    const refresh = /http-equiv="refresh" content="3;url=([^"]+)"/.exec(page)?.[1];
    const link = /<a class="button" href="([^"]+)"/.exec(page)?.[1];
    expect(link).toBe(refresh);
    const back = new URL(link?.replaceAll('&amp;', '&') ?? '');
    expect(back.origin + back.pathname).toBe('http://127.0.0.1:9/recharges/7');
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      from: 'pay',
      x: '1',
      out_trade_no: outTradeNo,
    });
  });

  it('pays once, however often the button is pressed', async () => {
    const { outTradeNo, cashierPath } = await openTrade();

    await Promise.all(Array.from({ length: 5 }, () => press(cashierPath)));

    await until('the notify', () => shop.of(outTradeNo).length > 0);
    expect((await sandbox.truth(outTradeNo)).notifies).toHaveLength(1);
  });

  it('offers a way back without paying, to the merchant’s page as it is', async () => {
    const { outTradeNo, cashierPath } = await openTrade();

    const page = await read(cashierPath, ENGLISH);

    expect(page).toMatch(/href="http:\/\/127\.0\.0\.1:9\/recharges\/7\?from=pay&amp;x=1">Pay later/);
    expect((await sandbox.truth(outTradeNo)).status).toBe('WAITING');
  });

  it('says that the page may be closed when the merchant gave no way back', async () => {
    const { cashierPath } = await openTrade({}, '');
    const open = await read(cashierPath, ENGLISH);
    await press(cashierPath);

    expect(open).toContain('You may close this page and come back');
    expect(await read(cashierPath, ENGLISH)).toContain('You may close this page.');
  });

  it('makes trouble for developers', async () => {
    const { outTradeNo, cashierPath } = await openTrade();

    await press(cashierPath, { notify: 'duplicate', amount: '0.07', delaySeconds: '3600' });

    const truth = await sandbox.truth(outTradeNo);
    expect(truth).toMatchObject({ status: 'PAID', paidAmount: '0.07' });
    expect(truth.notifies).toHaveLength(3);
    expect(Date.parse(truth.notifies[0]?.nextAt ?? '') - Date.parse(truth.paidAt)).toBeGreaterThanOrEqual(
      3_600_000,
    );
  });

  it.each([
    ['an amount with three decimals', { amount: '1.001' }, 'The amount must'],
    ['an amount of nothing', { amount: '0' }, 'The amount must'],
    ['a delay that is no number', { delaySeconds: 'soon' }, 'The delay must'],
    ['a delay of more than a day', { delaySeconds: '86401' }, 'The delay must'],
    ['an unknown way to notify', { notify: 'x' }, 'no such way'],
  ])('refuses %s with a sentence, and pays nothing', async (_what, form, sentence) => {
    const { outTradeNo, cashierPath } = await openTrade();

    const response = await sandbox.open(`${cashierPath}/pay`, {
      method: 'POST',
      body: new URLSearchParams(form),
      ...ENGLISH,
    });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain(sentence);
    expect((await sandbox.truth(outTradeNo)).status).toBe('WAITING');
  });

  it('says of an expired order why it is closed, and takes no money for it', async () => {
    const { outTradeNo, cashierPath } = await openTrade({ time_expire: beijing(Date.now() + 2500) });
    await sandbox.untilStatus(outTradeNo, 'CLOSED');

    await press(cashierPath);

    expect(await read(cashierPath, ENGLISH)).toContain('the order closed by itself');
    expect((await sandbox.truth(outTradeNo)).status).toBe('CLOSED');
  });

  it('knows no page of an unknown order, nor of an unknown code', async () => {
    for (const path of ['/cashier/unknown', '/qr/unknown']) {
      const response = await sandbox.open(path, ENGLISH);
      expect(response.status).toBe(404);
      expect(await response.text()).toContain('There is no such page');
    }
    expect((await press('/cashier/unknown')).status).toBe(404);
  });

  it('is still there after a restart, at the same address', async () => {
    const first = await SandboxUnderTest.start();
    const open = await first.openTrade();
    const qr = first.merchant.terms({ product_code: 'FACE_TO_FACE_PAYMENT' });
    const code = (await first.call('alipay.trade.precreate', qr)).body['qr_code'] ?? '';

    const second = await first.restart();

    expect((await second.open(open.cashierPath)).status).toBe(200);
    expect((await second.open(new URL(code).pathname)).status).toBe(302);
    expect((await second.openTrade({ out_trade_no: open.outTradeNo })).cashierPath).toBe(open.cashierPath);
    await second.stop();
  });
});
