import type { Page } from 'playwright-core';

/** Signs in on the English page of this visitor. */
export async function signIn(page: Page, email: string, password = 'Demo-pass-1'): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('#content h1').first().waitFor({ state: 'attached' });
}

/** Makes an order on the recharge page; the browser then stands at the cashier, or at the order with its code. */
export async function recharge(page: Page, yuan: string, channel: RegExp, method: RegExp): Promise<void> {
  await page.goto(`/recharge?amount=${yuan}`);
  await page
    .getByRole('group', { name: 'Pay with' })
    .getByRole('radio', { name: channel })
    .check({ force: true });
  await page.getByRole('group', { name: 'How' }).getByRole('radio', { name: method }).check({ force: true });
  await page.getByRole('button', { name: new RegExp(`^Pay ¥${yuan.replace('.', '\\.')}`) }).click();
}

/** The number at the channel of the order that this page shows. */
export async function outTradeNoOf(page: Page): Promise<string> {
  const fact = page.locator('dl > div', { hasText: 'Number at the channel' });
  return (await fact.locator('dd').innerText()).replace(/\D/g, '');
}
