import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type TestStack, eventually, newEmail, startTestStack } from '#libs/testing';
import { DESKTOP, PHONE, fitsTheScreen, openBrowser, picture, visit } from './browser.js';
import { signIn } from './sign-in.js';

let stack: TestStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack({ replicas: 2 }), openBrowser()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

/** The page counts up to a new balance by itself; nobody reloads it. */
function untilBalance(page: Page, yuan: string): Promise<unknown> {
  return eventually(
    `the page shows a balance of ${yuan}`,
    async () => (await page.getByTestId('balance').first().innerText()).replace(/[^\d.]/g, '') === yuan,
    { withinMs: 30_000, everyMs: 50 },
  );
}

describe('the demo merchant', () => {
  it('recharges through the cashier and sees the balance move by itself in another window', async () => {
    const merchant = await visit(browser, {
      baseURL: stack.urls.gateway,
      locale: 'en-US',
      viewport: DESKTOP,
    });
    const walletWindow = await merchant.page();
    await signIn(walletWindow, 'merchant@demo.test', 'Demo-pass-1');
    await untilBalance(walletWindow, '0.00');
    await walletWindow.getByText('Live', { exact: true }).first().waitFor();
    await picture(walletWindow, 'wallet-before');

    const page = await merchant.page();
    await page.goto('/recharge?amount=50.00');
    await page.getByRole('button', { name: /^Pay ¥50\.00/ }).click();
    await page.waitForURL(/\/cashier\//);
    await picture(page, 'cashier');
    await page.getByRole('button', { name: /50\.00/ }).click();
    await page.waitForURL(/\/recharges\/\d+/);
    await page.getByText('Credited').first().waitFor();
    await picture(page, 'receipt');

    await untilBalance(walletWindow, '50.00');
    await picture(walletWindow, 'wallet-after');
    expect(merchant.errors).toEqual([]);
    await merchant.context.close();
  });

  it('finds the order in the list and the credit in the statement', async () => {
    const merchant = await visit(browser, {
      baseURL: stack.urls.gateway,
      locale: 'en-US',
      viewport: DESKTOP,
    });
    const page = await merchant.page();
    await signIn(page, 'merchant@demo.test', 'Demo-pass-1');

    await page.goto('/recharges?state=CREDITED');
    await page.getByText('¥50.00').first().waitFor();
    await picture(page, 'orders');
    await page.goto('/statement');
    await page.getByText('¥50.00').first().waitFor();
    await picture(page, 'statement');

    expect(merchant.errors).toEqual([]);
    await merchant.context.close();
  });
});

describe('a new merchant with a telephone', () => {
  it('registers in Chinese and recharges, and no page is wider than the screen', async () => {
    const merchant = await visit(browser, { baseURL: stack.urls.gateway, locale: 'zh-CN', viewport: PHONE });
    const page = await merchant.page();
    await page.goto('/register');
    await page.locator('input[type=email]').fill(newEmail('phone'));
    await page.locator('input[type=password]').fill('Phone-pass-1');
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { name: '钱包' }).waitFor();
    expect(await fitsTheScreen(page)).toBe(true);
    await picture(page, 'phone-wallet');

    await page.goto('/recharge?amount=100.00');
    await page.locator('button[type=submit]').waitFor();
    expect(await fitsTheScreen(page)).toBe(true);
    await picture(page, 'phone-recharge');
    await page.locator('button[type=submit]').click();
    await page.waitForURL(/\/cashier\//);
    expect(await fitsTheScreen(page)).toBe(true);
    await picture(page, 'phone-cashier');
    await page.getByRole('button', { name: /100\.00/ }).click();
    await page.waitForURL(/\/recharges\/\d+/);
    await page.getByText('已入账').first().waitFor();
    expect(await fitsTheScreen(page)).toBe(true);
    await picture(page, 'phone-receipt');
    expect(merchant.errors).toEqual([]);
    await merchant.context.close();
  });
});

describe('the wrong password', () => {
  it('is refused in words, beside the form', async () => {
    const visitor = await visit(browser, { baseURL: stack.urls.gateway, locale: 'en-US', viewport: DESKTOP });
    const page = await visitor.page();
    await page.goto('/');
    await page.getByLabel('Email address').fill('nobody@demo.test');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();

    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('alert').first().innerText()).toMatch(/wrong|incorrect|match/i);
    await visitor.context.close();
  });
});
