import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { fitsTheScreen, picture } from '../browser.js';
import { outTradeNoOf, recharge } from '../sign-in.js';
import { type SignedInVisitor, type Stage, enter } from './stage.js';

const NAME = 'A tenth on top';

/** What an operator offers is what a merchant is granted. */
export function offerStories(stage: Stage): void {
  describe('an offer', () => {
    let operator: SignedInVisitor;
    let merchant: SignedInVisitor;
    let desk: Page;
    let page: Page;

    beforeAll(async () => {
      operator = await enter(stage, 'operator');
      merchant = await enter(stage, 'merchant');
      desk = operator.desk;
      page = merchant.desk;
      await desk.goto('/operations/offers');
    });
    afterAll(async () => {
      await operator?.context.close();
      await merchant?.context.close();
    });

    it('is made by an operator, who is told which field is wrong', async () => {
      await desk.getByRole('button', { name: 'New offer' }).click();
      const dialog = desk.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Percent' }).fill('101');
      await dialog.getByRole('button', { name: 'New offer' }).click();
      await dialog.getByText('Give it a name that merchants understand').waitFor();
      await dialog.getByText('From 0.01 to 100, two decimals at most').waitFor();
      await dialog.getByRole('textbox', { name: 'Name' }).fill(NAME);
      await dialog.getByRole('textbox', { name: 'Percent' }).fill('10');
      await dialog.getByLabel('At most').fill('20');
      await picture(desk, 'offer-form');
      await dialog.getByRole('button', { name: 'New offer' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await desk.locator('li', { hasText: NAME }).getByText('Running').waitFor();
      await picture(desk, 'offers');
      expect(await fitsTheScreen(desk)).toBe(true);
    });

    it('shows the merchant its bonus before paying, and grants it', async () => {
      await page.goto('/recharge?amount=300.00');
      const choice = page
        .getByRole('group', { name: 'Offer' })
        .getByRole('radio', { name: new RegExp(NAME) });
      await choice.waitFor({ state: 'attached' });
      expect(await choice.isChecked()).toBe(true);
      await page.getByLabel('Summary').getByText('+¥20.00').waitFor();
      await picture(page, 'recharge-offer');

      await recharge(page, '150.00', /WeChat Pay/, /Scan a QR code/);
      await page.getByText('Scan with WeChat Pay on your phone').waitFor();
      await stage.stack().sandboxClient.pay({ outTradeNo: await outTradeNoOf(page), payUrl: null });
      await page.getByText(/15\.00.*A tenth on top/).waitFor();
      await picture(page, 'order-with-offer');
      expect(merchant.errors).toEqual([]);
    });

    it('is taken back, and the merchant can’t choose it any more', async () => {
      const offer = desk.locator('li', { hasText: NAME });
      await offer.getByRole('button', { name: 'Disable' }).click();
      await offer.getByText('Disabled').waitFor();
      const quoted = page.waitForResponse((response) => response.url().includes('/recharge-offers'));
      await page.goto('/recharge?amount=300.00');
      await quoted;
      await page.getByRole('button', { name: /^Pay ¥300\.00/ }).waitFor();
      expect(await page.getByText(NAME).count()).toBe(0);
      expect(operator.errors).toEqual([]);
    });
  });
}
