import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright-core';
import { parseYuan } from '#libs/money';
import { DEMO_PASSWORD, type TestStack, eventually, startTestStack } from '#libs/testing';
import {
  DESKTOP,
  PHONE,
  type Visitor,
  confirm,
  dialogStands,
  fitsTheScreen,
  openBrowser,
  picture,
  visit,
} from './browser.js';
import { signIn } from './sign-in.js';

const TWO_DAYS_MS = 2 * 86_400_000;

let stack: TestStack;
let browser: Browser;
let visitors: readonly Visitor[];
let owner: Page;
let desk: Page;

/** A merchant's ads have run for two weeks on the traffic owner's pages. */
async function earn(): Promise<void> {
  const merchant = await stack.api().registerMerchant();
  const trafficOwner = await stack.api().signIn('traffic@demo.test', DEMO_PASSWORD);
  const recharge = await merchant.recharge({ amount: '2000.00', channel: 'alipay', method: 'qr' });
  await stack.sandboxClient.pay({ outTradeNo: recharge.outTradeNo, payUrl: recharge.payUrl });
  await merchant.until(recharge.id, 'CREDITED');
  const who = ['--merchant', merchant.id, '--owner', trafficOwner.id];
  await stack.run('apps/traffic/src/seed.js', ...who, '--yuan', '2000.00');
}

beforeAll(async () => {
  [stack, browser] = await Promise.all([startTestStack({ replicas: 1 }), openBrowser()]);
  await earn();
  const visitor = { baseURL: stack.urls.gateway, locale: 'en-US', viewport: DESKTOP };
  visitors = await Promise.all([visit(browser, visitor), visit(browser, visitor)]);
  [owner, desk] = (await Promise.all(visitors.map((each) => each.page()))) as [Page, Page];
  await signIn(owner, 'traffic@demo.test');
  await signIn(desk, 'operator@demo.test');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

/** The auditor reads all the books, and has nothing to say. */
const booksBalance = () => stack.run('apps/auditor/src/main.js');

async function showPassword(): Promise<void> {
  const dialog = owner.getByRole('dialog', { name: 'Your password once more' });
  const isAsked = await Promise.race([
    dialog.waitFor().then(() => true),
    owner.waitForURL(/\/withdrawals\/\d+$/).then(() => false),
  ]);
  if (!isAsked) return;
  await dialog.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD);
  await dialog.getByRole('button', { name: 'Go on' }).click();
}

async function addAccount(method: string, label: string, number: string, bank?: string): Promise<void> {
  await owner.goto('/payout-accounts');
  await owner.getByRole('button', { name: 'Add an account' }).first().click();
  const form = owner.getByRole('dialog', { name: 'Add an account' });
  await dialogStands(owner);
  await form.getByText(method, { exact: true }).click();
  await form.getByLabel(label).fill(number);
  await form.getByLabel('Real name').fill('王小明');
  if (bank !== undefined) await form.getByLabel('Bank', { exact: true }).fill(bank);
  await form.getByRole('button', { name: 'Add an account' }).click();
  const password = owner.getByRole('dialog', { name: 'Your password once more' });
  const added = owner.getByText('The account is added.');
  await password.or(added).first().waitFor();
  if (await password.isVisible()) {
    await password.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD);
    await password.getByRole('button', { name: 'Go on' }).click();
  }
  await added.first().waitFor();
}

/** Asks for money on the page. @returns the withdrawal's number. */
async function withdraw(yuan: string, account: RegExp): Promise<string> {
  await owner.goto('/withdraw');
  await owner.getByLabel('Amount').fill(yuan);
  await owner.getByRole('radio', { name: account }).check({ force: true });
  await owner.getByRole('button', { name: `Withdraw ¥${yuan}` }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Yes, withdraw' }).click();
  await showPassword();
  await owner.waitForURL(/\/withdrawals\/\d+$/);
  return new URL(owner.url()).pathname.replace(/\D/g, '');
}

const item = (id: string) => desk.locator(`li[data-withdrawal="${id}"]`);

async function approve(id: string): Promise<void> {
  await desk.goto('/operations/withdrawals');
  await item(id).getByRole('button', { name: 'Approve', exact: true }).click();
  const dialog = desk.getByRole('dialog');
  const approved = desk.getByText('Approved: it is paid next.');
  await dialog.or(approved).first().waitFor();
  if (await dialog.isVisible()) {
    await dialog.getByLabel('Reason').fill('An owner whom we have known for years');
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
  }
  await approved.first().waitFor();
}

/** The owner's page turns by itself. */
const shows = (words: string) => owner.getByText(words, { exact: true }).first().waitFor({ timeout: 60_000 });

describe('a traffic owner', () => {
  it('sees what was earned, day by day, and what of it can be withdrawn', async () => {
    await eventually(
      'a week is available',
      async () => {
        await owner.goto('/');
        const available = owner.getByText('Can be withdrawn now');
        return available.waitFor({ timeout: 5_000 }).then(() => true);
      },
      { withinMs: 60_000 },
    );
    await owner.getByRole('heading', { name: 'Earnings' }).waitFor();
    await picture(owner, 'earnings');
    await booksBalance();
  });

  it('adds accounts to be paid to, with the password once more, and never sees a number again', async () => {
    await addAccount('Alipay', 'Email, mobile number or user id at Alipay', 'wang@example.com');
    await addAccount('WeChat Pay', 'Your openid at WeChat', 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o');
    await addAccount('Bank card', 'Card number', '6222 0212 3456 7894', '招商银行');
    await picture(owner, 'payout-accounts');
    const text = await owner.locator('#content').innerText();
    expect(text).toContain('•••• 7894');
    expect(text).not.toMatch(/6222|wang@|oUpF8/);
  });

  it('withdraws by Alipay: an operator approves it, and the page turns by itself', async () => {
    const id = await withdraw('100.00', /Alipay/);
    await shows('In review');
    await desk.goto('/operations/withdrawals');
    await item(id).getByText('First payout to this account').waitFor();
    await picture(desk, 'withdrawal-desk');
    await approve(id);
    await shows('Booked in the statement');
    await picture(owner, 'withdrawal-paid');
    expect((await stack.sandboxClient.transfer(id)).status).toBe('SUCCEEDED');
    await booksBalance();
  });

  it('withdraws by WeChat, and takes it by confirming it there', async () => {
    const id = await withdraw('50.00', /WeChat/);
    await approve(id);
    const link = owner.getByRole('link', { name: 'Open the confirmation' });
    await link.waitFor({ timeout: 60_000 });
    await picture(owner, 'withdrawal-confirm');
    const [phone] = await Promise.all([owner.waitForEvent('popup'), link.click()]);
    await picture(phone, 'withdrawal-confirm-in-wechat');
    await phone.getByRole('button').first().click();
    await phone.close();
    await shows('Booked in the statement');
    expect((await stack.sandboxClient.transfer(id)).status).toBe('SUCCEEDED');
    await booksBalance();
  });

  it('reads why one was rejected, and has the money again', async () => {
    const id = await withdraw('30.00', /Alipay/);
    await desk.goto('/operations/withdrawals');
    await item(id).getByRole('button', { name: 'Reject' }).click();
    const dialog = desk.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('The clicks came from one device');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await shows('It was not approved. The money is available again.');
    await owner.getByText('The clicks came from one device').first().waitFor();
    await picture(owner, 'withdrawal-rejected');
    expect((await stack.sandboxClient.transfers()).map(({ outTransferNo }) => outTransferNo)).not.toContain(
      id,
    );
    await booksBalance();
  });

  it('waits while nobody knows whether one was paid, and it is paid once', async () => {
    const id = await withdraw('40.00', /Alipay/);
    await stack.sandboxClient.order(id, { transferInProcess: 1 });
    await approve(id);
    await shows('It is on its way. The answer can take a while; it can’t be paid twice.');
    await picture(owner, 'withdrawal-unknown');
    await booksBalance();
    await stack.sandboxClient.settleTransfer(id);
    await shows('It has been paid. Nothing is left to do.');
    await shows('Booked in the statement');
    const paid = await stack.sandboxClient.transfers({ status: 'SUCCEEDED' });
    expect(paid.filter(({ outTransferNo }) => outTransferNo === id)).toHaveLength(1);
    await booksBalance();
  });

  it('has the money again that the bank sends back two days later', async () => {
    const id = await withdraw('60.00', /Alipay/);
    await approve(id);
    await shows('Booked in the statement');
    const returnedAt = new Date(Date.now() + TWO_DAYS_MS).toISOString();
    await stack.sandboxClient.returnTransfer(id, { returnedAt });
    await shows('The money came back from your account and is available again, fee and tax too.');
    await eventually(
      'both bookings are told',
      async () => (await owner.getByText('Booked in the statement').count()) === 2,
      { withinMs: 30_000 },
    );
    await picture(owner, 'withdrawal-returned');
    await booksBalance();
  });

  it('is paid to a card by a file that goes to the bank and comes back', async () => {
    const id = await withdraw('70.00', /Bank card/);
    await approve(id);
    await desk.goto('/operations/bank-files');
    await desk.getByRole('button', { name: 'New file' }).click();
    await confirm(desk, 'New file');
    const [file] = await Promise.all([
      desk.waitForEvent('download'),
      desk.getByRole('button', { name: 'Download' }).first().click(),
    ]);
    const [payment] = rowsOf(await readFile(await file.path(), 'utf8'));
    expect(payment).toMatchObject({ withdrawal_id: id, amount: '70.00', card_number: '6222021234567894' });

    const results = `withdrawal_id,amount,outcome,bank_reference,message\n${id},70.00,PAID,B-1,\n`;
    await desk
      .getByLabel('Results as CSV')
      .setInputFiles({ name: 'results.csv', mimeType: 'text/csv', buffer: Buffer.from(results) });
    await desk.getByRole('button', { name: 'Use these results' }).click();
    await desk.getByText('1 line: 1 used, 0 known before.').waitFor();
    await picture(desk, 'bank-files');
    await shows('Booked in the statement');
    await booksBalance();
  });

  it('downloads the statement, whose lines sum up', async () => {
    await owner.goto('/statement');
    await owner.getByRole('heading', { name: 'Statement' }).waitFor();
    await picture(owner, 'statement-available');
    const [file] = await Promise.all([
      owner.waitForEvent('download'),
      owner
        .getByRole('button', { name: /CSV|Download/ })
        .first()
        .click(),
    ]);
    const csv = await readFile(await file.path(), 'utf8');
    expectToSumUp(csv);
  });

  it('does all of it on a telephone', async () => {
    await owner.setViewportSize(PHONE);
    for (const path of ['/', '/withdraw', '/withdrawals', '/payout-accounts']) {
      await owner.goto(path);
      await owner.locator('#content h1').first().waitFor();
      expect([path, await fitsTheScreen(owner)]).toEqual([path, true]);
    }
    await picture(owner, 'phone-withdrawals');
  });
});

it('nothing went wrong on any page', () => {
  // The browser logs each refusal that asks for the password, and that is what they are for.
  const unexpected = visitors.flatMap(({ errors }) => errors).filter((error) => !error.includes('403'));
  expect(unexpected).toEqual([]);
});

const rowsOf = (csv: string) =>
  parse<Record<string, string>>(csv, { columns: true, bom: true, relax_column_count: true });

/** Every line's balance is the one before plus its amount, from the opening balance to the closing one. */
function expectToSumUp(csv: string): void {
  const rows = rowsOf(csv);
  const balanceOf = (kind: string) => micros(rows.find((row) => row['kind'] === kind)?.['balance after']);
  const lines = rows.filter(({ no }) => no !== '');
  expect(lines.length).toBeGreaterThan(10);
  let balance = balanceOf('opening balance');
  const running = lines.map((line) => (balance += micros(line['amount'])));
  expect(lines.map((line) => micros(line['balance after']))).toEqual(running);
  expect(balanceOf('closing balance')).toBe(balance);
}

const micros = (yuan: string | undefined): bigint =>
  parseYuan(yuan ?? '', { maxDecimals: 6, allowNegative: true });
