import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '#libs/testing';
import { confirm, fitsTheScreen, picture } from '../browser.js';
import { type SignedInVisitor, type Stage, enter } from './stage.js';
import { WebhookReceiver, isSignedBy } from './webhook-receiver.js';

/** A merchant's own system is told, by somebody who sets it up in the page. */
export function webhookStories(stage: Stage): void {
  describe('a merchant’s webhook', () => {
    const receiver = new WebhookReceiver();
    let merchant: SignedInVisitor;
    let page: Page;
    let address: string;
    let secret: string;

    beforeAll(async () => {
      address = await receiver.start();
      merchant = await enter(stage, 'merchant');
      page = merchant.desk;
      await page.goto('/webhooks');
    });
    afterAll(async () => {
      await merchant?.context.close();
      await receiver.stop();
    });

    const dialog = (): Locator => page.getByRole('dialog');
    const newest = (): Locator =>
      page.locator('li', { has: page.getByRole('button', { name: 'Send again' }) }).first();
    const shownSecret = async (): Promise<string> => {
      const shown = (await page.getByTestId('secret').innerText()).trim();
      await dialog().getByRole('button', { name: 'Done' }).click();
      await dialog().waitFor({ state: 'hidden' });
      return shown;
    };

    it('is added, and its secret is shown once', async () => {
      await page.getByText('No webhooks yet').waitFor();
      await page.getByRole('button', { name: 'Add webhook' }).click();
      await dialog().getByLabel('Address').fill('shop.example');
      await dialog().getByRole('button', { name: 'Add webhook' }).click();
      await dialog().getByText('A complete address that begins with https://').waitFor();
      await dialog().getByLabel('Address').fill(address);
      await dialog().getByRole('button', { name: 'Add webhook' }).click();
      await page.getByTestId('secret').waitFor();
      await picture(page, 'webhook-secret');
      secret = await shownSecret();
      expect(secret).toMatch(/^whsec_/);

      await page.reload();
      await page.getByText(address).first().waitFor();
      expect(await page.content()).not.toContain(secret);
    });

    it('hears a test, signed with that secret, and the log tells', async () => {
      await page.getByRole('button', { name: 'Send a test' }).click();
      await newest().getByText('Delivered').waitFor();
      await newest().getByText('answered 200').waitFor();
      expect(isSignedBy(secret, receiver.received.at(-1))).toBe(true);
    });

    it('that could not take it is sent the same once more, by hand', async () => {
      receiver.status = 503;
      await page.getByRole('button', { name: 'Send a test' }).click();
      await newest().getByText('answered 503').waitFor();
      await picture(page, 'webhook-deliveries');
      const refused = receiver.received.at(-1);
      receiver.status = 200;
      await newest().getByRole('button', { name: 'Send again' }).click();
      await newest().getByText('Delivered').waitFor();
      expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(refused?.headers['webhook-id']);
      expect(receiver.received.at(-1)?.body).toBe(refused?.body);
    });

    it('gets a new secret, and the old one signs along', async () => {
      await page.getByRole('button', { name: 'New secret' }).click();
      await confirm(page, 'New secret');
      await page.getByTestId('secret').waitFor();
      const rotated = await shownSecret();
      expect(rotated).not.toBe(secret);
      await page.getByText('The old secret signs along until').waitFor();

      const before = receiver.received.length;
      await page.getByRole('button', { name: 'Send a test' }).click();
      await eventually('it is told', () => receiver.received.length > before, { withinMs: 30_000 });
      expect([secret, rotated].map((each) => isSignedBy(each, receiver.received.at(-1)))).toEqual([
        true,
        true,
      ]);
      expect(await fitsTheScreen(page)).toBe(true);
      expect(merchant.errors).toEqual([]);
    });
  });
}
