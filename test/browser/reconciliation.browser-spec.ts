import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { Browser, Locator, Page } from 'playwright-core';
import { type Account, type TestStack, startTestStack } from '#libs/testing';
import { DESKTOP, type Visitor, fitsTheScreen, openBrowser, picture, visit } from './browser.js';
import { ACCOUNT, type PlantedDay, SHOP_ORDER, UNASKED, misprint, plantDay } from './planted-day.js';
import { signIn } from './sign-in.js';

let stack: TestStack;
let browser: Browser;
let merchant: Account;
let planted: PlantedDay;
let operator: Visitor;
let desk: Page;
/** The second person: may approve, and change nothing alone. */
let auditor: Visitor;
let second: Page;

beforeAll(async () => {
  const env = (name: string) => (name.startsWith('payment') ? UNASKED : {});
  [stack, browser] = await Promise.all([startTestStack({ replicas: 1, env }), openBrowser()]);
  merchant = await stack.api().registerMerchant();
  const visitor = { baseURL: stack.urls.gateway, locale: 'en-US', viewport: DESKTOP };
  [planted, operator, auditor] = await Promise.all([
    plantDay(stack, merchant),
    visit(browser, visitor),
    visit(browser, visitor),
  ]);
  [desk, second] = await Promise.all([operator.page(), auditor.page()]);
  await signIn(desk, 'operator@demo.test');
  await signIn(second, 'auditor@demo.test');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
}, 60_000);

/** Runs the day from the page and opens it at once; its page follows the run by itself. */
async function runTheDay(): Promise<void> {
  await desk.goto('/operations/reconciliations');
  await desk.getByLabel('Day').fill(planted.day);
  await desk.getByRole('button', { name: 'Run' }).click();
  await desk.getByText('It runs.').waitFor();
  await desk.locator(`tr[data-account="${ACCOUNT}"]`).getByRole('link').click();
  await desk.getByText('Done').waitFor();
  await desk.locator('li[data-kind]').first().waitFor();
}

function lineOf(page: Page, kind: string, number: string): Locator {
  return page.locator(`li[data-kind="${kind}"]`, { hasText: number });
}

async function settle(line: Locator, action: string, reason: string): Promise<void> {
  await line.getByRole('button', { name: action, exact: true }).click();
  await desk.getByRole('dialog').getByLabel('Reason').fill(reason);
  await desk.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
}

async function untilState(page: Page, kind: string, number: string, state: string): Promise<void> {
  await page.locator(`li[data-kind="${kind}"][data-state="${state}"]`, { hasText: number }).waitFor();
}

describe('a day with a difference of each kind', () => {
  it('is compared, and what a notify failed to tell has repaired itself', async () => {
    await runTheDay();
    await untilState(desk, 'ONLY_AT_CHANNEL', planted.missed.id, 'REPAIRED');
    await untilState(desk, 'FEE_DIFFERS', planted.fee.id, 'REPAIRED');
    await merchant.until(planted.missed.id, 'CREDITED');
    expect(await lineOf(desk, 'ONLY_AT_CHANNEL', planted.agrees.id).count()).toBe(0);

    await untilState(desk, 'ONLY_AT_CHANNEL', planted.missedAndSilent.id, 'OPEN');
    await untilState(desk, 'ONLY_AT_CHANNEL', planted.missedAndWrong.id, 'OPEN');
    await untilState(desk, 'ONLY_AT_CHANNEL', SHOP_ORDER, 'OPEN');
    await untilState(desk, 'AMOUNT_DIFFERS', planted.amount.id, 'OPEN');
    await untilState(desk, 'STATE_DIFFERS', planted.refunded.id, 'OPEN');
    await untilState(desk, 'ONLY_HERE', planted.onlyHere.id, 'OPEN');
    await picture(desk, 'differences');
    expect(await fitsTheScreen(desk)).toBe(true);
  });
});

describe('an operator', () => {
  it('has the channel asked again, is told while it is silent, and the order is credited', async () => {
    const line = lineOf(desk, 'ONLY_AT_CHANNEL', planted.missedAndSilent.id);
    await settle(line, 'Repair', 'The bill has it');
    await desk.getByRole('dialog').getByText('The payment channel is not available right now').waitFor();
    await picture(desk, 'difference-channel-silent');
    await desk.getByRole('dialog').getByRole('button', { name: 'Repair' }).click();
    await untilState(desk, 'ONLY_AT_CHANNEL', planted.missedAndSilent.id, 'REPAIRED');
    await merchant.until(planted.missedAndSilent.id, 'CREDITED');
  });

  it('gives back what was paid with a wrong amount', async () => {
    const line = lineOf(desk, 'ONLY_AT_CHANNEL', planted.missedAndWrong.id);
    await settle(line, 'Give back', 'Not what was asked for');
    await untilState(desk, 'ONLY_AT_CHANNEL', planted.missedAndWrong.id, 'REFUNDED');
  });

  it('lets a refund that the channel has done be asked about', async () => {
    const line = lineOf(desk, 'STATE_DIFFERS', planted.refunded.id);
    await settle(line, 'Repair', 'It is on the bill');
    await untilState(desk, 'STATE_DIFFERS', planted.refunded.id, 'REPAIRED');
  });

  it('accepts what is known, and must say why', async () => {
    const line = lineOf(desk, 'ONLY_HERE', planted.onlyHere.id);
    await settle(line, 'Accept', 'no');
    await desk.getByRole('dialog').getByText('at least 3').waitFor();
    await desk.getByRole('dialog').getByLabel('Reason').fill('The channel has forgotten it and says so');
    await desk.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
    await untilState(desk, 'ONLY_HERE', planted.onlyHere.id, 'ACCEPTED');
    expect(operator.errors.filter((error) => !error.includes('503'))).toEqual([]);
  });
});

describe('a write-off', () => {
  it('needs a second person: whoever asked for it can’t approve it', async () => {
    await settle(
      lineOf(desk, 'AMOUNT_DIFFERS', planted.amount.id),
      'Write off',
      'A yuan that nobody can explain',
    );
    await untilState(desk, 'AMOUNT_DIFFERS', planted.amount.id, 'APPROVAL_PENDING');
    const own = lineOf(desk, 'AMOUNT_DIFFERS', planted.amount.id);
    await own.getByText('another operator has to approve it').waitFor();
    expect(await own.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await picture(desk, 'write-off-waits');

    await second.goto(new URL(desk.url()).pathname);
    const line = lineOf(second, 'AMOUNT_DIFFERS', planted.amount.id);
    await line.getByText('A yuan that nobody can explain').waitFor();
    await picture(second, 'write-off-second');
    await line.getByRole('button', { name: 'Approve' }).click();
    await untilState(second, 'AMOUNT_DIFFERS', planted.amount.id, 'WRITTEN_OFF');
  });

  it('is sent back by the second person and accepted then', async () => {
    await settle(lineOf(desk, 'ONLY_AT_CHANNEL', SHOP_ORDER), 'Write off', 'Nobody knows whose it is');
    await untilState(desk, 'ONLY_AT_CHANNEL', SHOP_ORDER, 'APPROVAL_PENDING');
    await second.reload();
    await lineOf(second, 'ONLY_AT_CHANNEL', SHOP_ORDER).getByRole('button', { name: 'Send back' }).click();
    await untilState(second, 'ONLY_AT_CHANNEL', SHOP_ORDER, 'OPEN');
    expect(auditor.errors).toEqual([]);

    await desk.reload();
    await settle(lineOf(desk, 'ONLY_AT_CHANNEL', SHOP_ORDER), 'Accept', 'It is the shop’s');
    await untilState(desk, 'ONLY_AT_CHANNEL', SHOP_ORDER, 'ACCEPTED');
  });
});

describe('the same day, run again', () => {
  it('finds a fee that the channel has printed anew, and the operator books it', async () => {
    await misprint(stack, planted.fee.outTradeNo, { fee: '0.50' });
    await runTheDay();
    await untilState(desk, 'FEE_DIFFERS', planted.fee.id, 'OPEN');
    await settle(lineOf(desk, 'FEE_DIFFERS', planted.fee.id), 'Repair', 'A corrected bill');
    await untilState(desk, 'FEE_DIFFERS', planted.fee.id, 'REPAIRED');
  });

  it('is settled: nothing is open, here and in the list', async () => {
    await desk.getByText('none open').waitFor();
    await picture(desk, 'differences-settled');
    await desk.goto('/operations/reconciliations');
    const row = desk.locator(`tr[data-account="${ACCOUNT}"]`);
    await row.getByText('Done').waitFor();
    expect(await row.getByText(/ open/).count()).toBe(0);
    await picture(desk, 'reconciliations');
    await row.getByRole('link').click();
  });

  it('can be taken along as a file that says what was done and by whom', async () => {
    const [download] = await Promise.all([
      desk.waitForEvent('download'),
      desk.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(`differences-${ACCOUNT}-${planted.day}.csv`);
    const rows: Record<string, string>[] = parse(await readFile(await download.path()), {
      columns: true,
      bom: true,
    });
    const told = (row: Record<string, string> | undefined) =>
      row && [row['kind'], row['state'], row['amount at channel'], row['amount here'], row['reason']];
    const ofOrder = (id: string) => told(rows.find(({ recharge }) => recharge === id));

    expect(rows.filter(({ state }) => ['OPEN', 'CARRIED', 'APPROVAL_PENDING'].includes(state ?? ''))).toEqual(
      [],
    );
    expect(new Set(rows.map(({ kind }) => kind)).size).toBe(5);
    expect(ofOrder(planted.missed.id)).toEqual(['ONLY_AT_CHANNEL', 'REPAIRED', '20.00', '', '']);
    expect(ofOrder(planted.missedAndSilent.id)?.at(-1)).toBe('The bill has it');
    expect(ofOrder(planted.onlyHere.id)).toEqual([
      'ONLY_HERE',
      'ACCEPTED',
      '',
      '50.00',
      'The channel has forgotten it and says so',
    ]);
    const writtenOff = rows.find(({ recharge }) => recharge === planted.amount.id);
    expect(told(writtenOff)).toEqual([
      'AMOUNT_DIFFERS',
      'WRITTEN_OFF',
      '61.00',
      '60.00',
      'A yuan that nobody can explain',
    ]);
    const people = [writtenOff?.['settled by'], writtenOff?.['approved by']];
    expect(people.filter((id) => /^\d+$/.test(id ?? ''))).toHaveLength(2);
    expect(people[0]).not.toBe(people[1]);
  });

  it('leaves books that add up to the cent', async () => {
    await expect(stack.run('apps/auditor/src/main.js')).resolves.toBeUndefined();
  });
});
