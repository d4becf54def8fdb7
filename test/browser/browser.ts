import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { ROOT } from '../../scripts/launcher/root.mjs';

/** Where the pictures of a run are put, to be looked at by a person. */
const PICTURES = join(ROOT, '.clearbid', 'test', 'pictures');

/** Without these, Chromium looks for its maker's servers, and waits for them where there is no network. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function openBrowser(): Promise<Browser> {
  mkdirSync(PICTURES, { recursive: true });
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: QUIET,
  });
}

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

export interface Visitor {
  readonly context: BrowserContext;
  /** Everything that went wrong in any page of this visitor: exceptions, and what was logged as an error. */
  readonly errors: readonly string[];
  page(): Promise<Page>;
}

export async function visit(
  browser: Browser,
  options: { readonly baseURL: string; readonly locale: string; readonly viewport: typeof DESKTOP },
): Promise<Visitor> {
  const context = await browser.newContext(options);
  const errors: string[] = [];
  context.on('weberror', (error) => void errors.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return { context, errors, page: () => context.newPage() };
}

export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** True when nothing sticks out to the right, so that a phone's page does not slide sideways. */
export function fitsTheScreen(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');
}

/**
 * Waits until an open dialog has flown in. Before it flies it stands in its place for some frames, looking as if one could
 * press it: a click that begins then and ends after it has shrunk is lost without a word.
 */
export function dialogStands(page: Page): Promise<void> {
  return page.locator('.ant-modal:not(.ant-zoom)').waitFor();
}

/** Says yes to the question that has just popped up, by the words on its button, once it stands: it flies in as dialogs do. */
export async function confirm(page: Page, words: string): Promise<void> {
  await page.locator('.ant-popover:not(.ant-zoom-big)').waitFor();
  await page.getByRole('tooltip').getByRole('button', { name: words }).click();
}
