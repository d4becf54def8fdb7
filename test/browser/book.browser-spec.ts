import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { type Account, type TestStack, startTestStack } from '#libs/testing';
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
import { writeBalance } from './intruder.js';
import { OperatorsDesk } from './operators-desk.js';
import { signIn } from './sign-in.js';

let stack: TestStack;
let browser: Browser;
let merchant: Account;
/** Two people: one asks, the other approves. */
let visitors: readonly Visitor[];
let desk: Page;
let second: Page;

beforeAll(async () => {
  // The book is gone over all the time, and not once a minute.
  const env = (name: string): Readonly<Record<string, string>> =>
    name.startsWith('wallet') ? { CHECKER_REPLAY_PAUSE_MS: '300' } : {};
  [stack, browser] = await Promise.all([startTestStack({ replicas: 1, env }), openBrowser()]);
  merchant = await stack.api().registerMerchant();
  const visitor = { baseURL: stack.urls.gateway, locale: 'en-US', viewport: DESKTOP };
  visitors = await Promise.all([visit(browser, visitor), visit(browser, visitor)]);
  [desk, second] = (await Promise.all(visitors.map((each) => each.page()))) as [Page, Page];
  await signIn(desk, 'operator@demo.test');
  await signIn(second, 'auditor@demo.test');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

const LETTER = {
  name: 'letter of the bank.pdf',
  mimeType: 'application/pdf',
  buffer: Buffer.from('%PDF-1.7 we did'),
};

const dialog = () => desk.getByRole('dialog');
const adjustment = (page: Page, reason: string): Locator =>
  page.locator('li[data-adjustment]', { hasText: reason });

async function ask(purpose: 'Correction' | 'Bonus', yuan: string, reason: string): Promise<void> {
  await desk.goto('/operations/adjustments');
  await desk.getByRole('button', { name: 'Ask for an adjustment' }).click();
  await dialogStands(desk);
  await dialog().getByText(purpose, { exact: true }).click();
  await dialog().getByRole('radio', { name: purpose, checked: true }).waitFor({ state: 'attached' });
  await dialog().getByLabel('Owner’s number').fill(merchant.id);
  await dialog().getByLabel('Amount').fill(yuan);
  await dialog().getByLabel('Reason').fill(reason);
}

/** The form is gone when it was taken, and says why when it was not. */
async function send(): Promise<void> {
  await dialog().getByRole('button', { name: 'Ask for it' }).click();
  const refusal = dialog().getByRole('alert').first();
  const isRefused = await Promise.race([
    dialog()
      .waitFor({ state: 'detached' })
      .then(() => false),
    refusal.waitFor().then(() => true),
  ]);
  if (isRefused) throw new Error(`Not asked for: ${await refusal.innerText()}`);
}

async function approve(reason: string): Promise<void> {
  await second.goto('/operations/adjustments');
  await adjustment(second, reason).getByRole('button', { name: 'Approve' }).click();
  await confirm(second, 'Approve');
}

describe('a correction', () => {
  it('is refused field by field until it has its document', async () => {
    await ask('Correction', '0', 'no');
    await dialog().getByRole('button', { name: 'Ask for it' }).click();
    for (const words of ['Digits with two decimals', 'in at least 3 characters', 'needs its document'])
      await dialog().getByText(words).waitFor();
    expect(await dialog().getByRole('alert').count()).toBe(3);
    await picture(desk, 'adjustment-form');
  });

  it('is asked for with its document, and not approved by whoever asked', async () => {
    await ask('Correction', '80.00', 'A transfer that came by post');
    await dialog().getByLabel('Document').setInputFiles(LETTER);
    await send();
    const own = adjustment(desk, 'A transfer that came by post');
    await own.getByText('another operator has to approve it').waitFor();
    expect(await own.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('is read by the second person, document and all, and booked when they approve it', async () => {
    await second.goto('/operations/adjustments');
    const [saved] = await Promise.all([
      second.waitForEvent('download'),
      adjustment(second, 'by post').getByRole('button', { name: LETTER.name }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe(LETTER.name);

    await approve('by post');

    await adjustment(second, 'by post').getByText('Booked', { exact: true }).waitFor();
    await picture(second, 'adjustment-booked');
    expect(await merchant.balance()).toBe('80.00');
  });
});

describe('a bonus', () => {
  it('needs no document, and is the merchant’s to spend', async () => {
    await ask('Bonus', '25.50', 'For the autumn');
    await send();
    await adjustment(desk, 'For the autumn').waitFor();
    await approve('For the autumn');
    await adjustment(second, 'For the autumn').getByText('Booked', { exact: true }).waitFor();
    expect(await merchant.balance()).toBe('80.00');
  });
});

describe('a line of the bank', () => {
  it('is recorded once', async () => {
    const record = async (yuan: string) => {
      await desk.goto('/operations/settlements');
      await desk.getByLabel('Amount at the bank').fill(yuan);
      await desk.getByLabel('Number of the line').fill('b-2026-7');
      await desk.getByLabel('Booked on').fill('2026-11-20');
      await desk.getByRole('button', { name: 'Record' }).click();
    };
    await record('10.00');
    await desk.locator('tr[data-settlement="B-2026-7"][data-state="POSTED"]').waitFor();
    await picture(desk, 'settlements');

    await record('11.00');
    await desk.getByText('That line of the bank was recorded before').waitFor();
    expect(await desk.locator('tr[data-settlement]').count()).toBe(1);
  });
});

describe('the book', () => {
  it('sums to nothing, and shows what has moved through its edges', async () => {
    await second.goto('/operations/book');
    await second.locator('dl[data-balanced="true"]').waitFor();
    await second
      .locator('table[data-boundary="alipay_clearing"] tr[data-flow="channel_settlement"]')
      .waitFor();
    await second.locator('table[data-boundary="suspense"] tr[data-flow="adjustment"]').waitFor();
    expect(await second.locator('tr[data-kind="merchant_bonus"]').innerText()).toContain('25.50');
    await picture(second, 'book');
  });
});

describe('a balance that was changed past the ledger', () => {
  const CHANGE = 5_000_000;
  let desks: OperatorsDesk;
  let wronged: Account;
  let other: Account;
  const account = (): Locator => desk.locator('li[data-finding="account"]', { hasText: wronged.id });
  const whole = (): Locator => desk.locator('li[data-finding="book"]');

  it('is found, and nothing can be taken from that account any more; others go on', async () => {
    desks = await OperatorsDesk.open(stack);
    [wronged, other] = [await stack.api().registerMerchant(), await stack.api().registerMerchant()];
    for (const each of [wronged, other]) expect(await desks.adjust(each, '10.00')).toBe('POSTED');
    await desk.goto('/operations/book');
    await desk.locator('dl[data-findings="0"]').waitFor();

    await writeBalance(stack, wronged, CHANGE);

    await account().getByText('A balance is not what its entries left').waitFor();
    await account().getByText('Frozen: nothing can be taken from').waitFor();
    await whole().getByText('The whole book is not balanced').waitFor();
    await picture(desk, 'book-alarm');
    expect(await desks.adjust(wronged, '-1.00')).toBe('ACCOUNT_FROZEN');
    expect(await desks.adjust(other, '-1.00')).toBe('POSTED');
  });

  it('stays frozen when it is right again, until an operator has settled it and said why', async () => {
    await writeBalance(stack, wronged, -CHANGE);
    expect(await desks.adjust(wronged, '-1.00')).toBe('ACCOUNT_FROZEN');

    await account().getByRole('button', { name: 'Settle' }).click();
    await dialog().getByRole('button', { name: 'Settle' }).click();
    await dialog().getByText('in at least 3 characters').waitFor();
    expect(await dialog().getByLabel('Let money be taken').isChecked()).toBe(true);
    await dialog().getByLabel('Reason').fill('Written past the ledger, and put back');
    await dialog().getByRole('button', { name: 'Settle' }).click();
    await account().waitFor({ state: 'detached' });
    expect(await desks.adjust(wronged, '-1.00')).toBe('POSTED');
  });

  it('is remembered with the reason', async () => {
    await whole().getByRole('button', { name: 'Settle' }).click();
    await dialog().getByLabel('Reason').fill('It was that one account');
    await dialog().getByRole('button', { name: 'Settle' }).click();
    await desk.locator('dl[data-findings="0"]').waitFor();

    await desk.getByRole('combobox', { name: 'State' }).click();
    await desk.locator('.ant-select-item-option', { hasText: 'Settled findings' }).click();
    await account().getByText('Written past the ledger, and put back').waitFor();
    await picture(desk, 'findings-settled');
    expect(await account().innerText()).toContain('Was frozen');
  });
});

describe('a telephone', () => {
  it('has room for the book, adjustments and settlements', async () => {
    await second.setViewportSize(PHONE);
    for (const path of ['book', 'adjustments', 'settlements']) {
      await second.goto(`/operations/${path}`);
      await second.locator('#content h1').waitFor();
      await second.locator('section').first().waitFor();
      expect([path, await fitsTheScreen(second)]).toEqual([path, true]);
    }
    await picture(second, 'settlements-phone');
    expect(visitors.flatMap(({ errors }) => errors).filter((error) => !error.includes('409'))).toEqual([]);
  });
});
