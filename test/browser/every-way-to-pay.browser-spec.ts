import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type TestStack, startTestStack } from '#libs/testing';
import {
  DESKTOP,
  type Visitor,
  dialogStands,
  fitsTheScreen,
  openBrowser,
  picture,
  visit,
} from './browser.js';
import { outTradeNoOf, recharge, signIn } from './sign-in.js';
import { offerStories } from './stories/offer.stories.js';
import { operatorStories } from './stories/operator.stories.js';
import { orderSearchStories } from './stories/order-search.stories.js';
import { webhookStories } from './stories/webhook.stories.js';

let stack: TestStack;
let browser: Browser;
let merchant: Visitor;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack({ replicas: 1 }), openBrowser()]);
  merchant = await visit(browser, { baseURL: stack.urls.gateway, locale: 'en-US', viewport: DESKTOP });
  page = await merchant.page();
  await signIn(page, 'merchant@demo.test');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

/** What the channel is told to write into its bills. */
async function control(path: string, body: object): Promise<void> {
  const response = await fetch(`${stack.urls.sandbox}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(`${path} ${response.status} ${await response.text()}`).toMatch(/ 20[0-9] /);
}

const credited = (): Promise<void> => page.getByRole('heading', { name: 'In your wallet' }).waitFor();

describe('a merchant', () => {
  it('pays by a WeChat code, and the page turns by itself', async () => {
    await recharge(page, '60.00', /WeChat Pay/, /Scan a QR code/);
    await page.getByText('Scan with WeChat Pay on your phone').waitFor();
    await picture(page, 'wechat-code');
    await stack.sandboxClient.pay({ outTradeNo: await outTradeNoOf(page), payUrl: null });
    await credited();
    expect(merchant.errors).toEqual([]);
  });

  it('pays at Alipay’s page and gives half of it back', async () => {
    await recharge(page, '80.00', /Alipay/, /Alipay web page/);
    await page.waitForURL(/\/cashier\//);
    await page.getByRole('button', { name: /80\.00/ }).click();
    await page.waitForURL(/\/recharges\/\d+/);
    await credited();

    await page.getByRole('button', { name: 'Refund', exact: false }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Amount').fill('80.01');
    await dialog.getByLabel('Reason').fill('Half of it was not needed');
    await dialog.getByRole('button', { name: /^Refund/ }).click();
    await dialog.getByText('At most ¥80.00 is left of this order').waitFor();
    await dialog.getByLabel('Amount').fill('40.00');
    await dialog.getByRole('button', { name: /^Refund/ }).click();
    await page.getByText('¥40.00 was given back').first().waitFor();
    await page.locator('[data-kind="refund.settled"]').waitFor();
    await picture(page, 'refunded');
    expect(merchant.errors).toEqual([]);
  });

  it('pays one order at both channels, is credited once and sees that the second payment goes back', async () => {
    await recharge(page, '66.00', /WeChat Pay/, /Scan a QR code/);
    await page.getByText('Scan with WeChat Pay on your phone').waitFor();
    const first = await outTradeNoOf(page);
    await page.getByRole('button', { name: 'Pay another way' }).click();
    await dialogStands(page);
    await page.getByRole('dialog').getByText('Scan a QR code').click();
    await page.getByText('Scan with Alipay on your phone').waitFor();
    const second = await outTradeNoOf(page);
    expect(second).not.toBe(first);

    await stack.sandboxClient.pay({ outTradeNo: first, payUrl: null });
    await credited();
    await stack.sandboxClient.pay({ outTradeNo: second, payUrl: null });
    await page.locator('[data-kind="attempt.duplicated"]').waitFor();
    await page.locator('[data-kind="refund.succeeded"]').waitFor();
    await picture(page, 'paid-twice');
    expect(merchant.errors).toEqual([]);
  });

  it('is credited although no notify ever came: the channel is asked', async () => {
    await recharge(page, '45.00', /WeChat Pay/, /Scan a QR code/);
    await page.getByText('Scan with WeChat Pay on your phone').waitFor();
    await stack.sandboxClient.pay(
      { outTradeNo: await outTradeNoOf(page), payUrl: null },
      { notify: 'never' },
    );
    await credited();
    expect(await page.locator('[data-kind="notify.accepted"]').count()).toBe(0);
  });
});

describe('an operator', () => {
  it('compares the day with the bills and settles a planted difference', async () => {
    await recharge(page, '90.00', /WeChat Pay/, /Scan a QR code/);
    await page.getByText('Scan with WeChat Pay on your phone').waitFor();
    const number = await outTradeNoOf(page);
    await stack.sandboxClient.pay({ outTradeNo: number, payUrl: null });
    await credited();
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    await control(`/control/bills/${today}`, { state: 'ready' });
    await control('/control/bills/mistakes', { channel: 'wechat', number, amount: '91.00' });

    const operator = await visit(browser, {
      baseURL: stack.urls.gateway,
      locale: 'en-US',
      viewport: DESKTOP,
    });
    const desk = await operator.page();
    await signIn(desk, 'operator@demo.test');
    await desk.goto('/operations/reconciliations');
    await desk.getByLabel('Day').fill(today);
    await desk.getByRole('button', { name: 'Run' }).click();
    // Which of our WeChat accounts took the payment is the product's own choice.
    const run = desk.locator('tr[data-account^="wechat"]', { hasText: / open/ });
    await run.getByText('Done').waitFor();
    await run.getByRole('link').click();

    const difference = desk.locator('li[data-kind="AMOUNT_DIFFERS"]');
    await difference.waitFor();
    await picture(desk, 'difference');
    await difference.getByRole('button', { name: 'Accept' }).click();
    await desk.getByRole('dialog').getByLabel('Reason').fill('The channel has owned up to it');
    await desk.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
    await desk.locator('li[data-kind="AMOUNT_DIFFERS"][data-state="ACCEPTED"]').waitFor();
    expect(await fitsTheScreen(desk)).toBe(true);
    expect(operator.errors).toEqual([]);
    await operator.context.close();
  });
});

const stage = { stack: () => stack, browser: () => browser };
webhookStories(stage);
offerStories(stage);
orderSearchStories(stage);
operatorStories(stage);
