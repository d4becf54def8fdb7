import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PHONE, fitsTheScreen, picture } from '../browser.js';
import { type SignedInVisitor, type Stage, enter } from './stage.js';

/** A channel is closed when none of its accounts takes payments. */
const ALIPAY = ['alipay-main', 'alipay-second'];

export function operatorStories(stage: Stage): void {
  describe('an operator at the desk', () => {
    let operator: SignedInVisitor;
    let desk: Page;

    beforeAll(async () => {
      operator = await enter(stage, 'operator');
      desk = operator.desk;
    });
    afterAll(() => operator?.context.close());

    const switchOf = (id: string) => desk.locator(`li[data-account="${id}"]`).getByRole('switch');

    it('takes a channel’s accounts out of service and puts them back, and the merchant’s choice follows', async () => {
      const merchant = await enter(stage, 'merchant');
      const alipay = merchant.desk
        .getByRole('group', { name: 'Pay with' })
        .getByRole('radio', { name: /Alipay/ });
      await merchant.desk.goto('/recharge?amount=50.00');
      expect(await alipay.isEnabled()).toBe(true);

      await desk.goto('/operations/channels');
      for (const id of ALIPAY) {
        await switchOf(id).click();
        await desk.getByRole('button', { name: 'Take out' }).click();
        await desk.getByRole('button', { name: 'Take out' }).waitFor({ state: 'hidden' });
        await desk.locator(`[aria-checked="false"][aria-label$="${id}"]`).waitFor();
      }
      await picture(desk, 'channels');
      await merchant.desk.reload();
      await merchant.desk.getByText('The payment channel is not available right now').waitFor();
      expect(await alipay.isDisabled()).toBe(true);
      await picture(merchant.desk, 'recharge-channel-off');

      for (const id of ALIPAY) {
        await switchOf(id).click();
        await desk.locator(`[aria-checked="true"][aria-label$="${id}"]`).waitFor();
      }
      await merchant.desk.reload();
      await merchant.desk.getByRole('button', { name: /^Pay ¥50\.00/ }).waitFor();
      expect(await alipay.isEnabled()).toBe(true);
      expect([...operator.errors, ...merchant.errors]).toEqual([]);
      await merchant.context.close();
    });

    it('can do all of it with a telephone: no page is wider than the screen', async () => {
      await desk.setViewportSize({ ...PHONE, width: 375 });
      const pages = 'orders conflicts duplicates refunds reconciliations channels offers dead-letters'.split(
        ' ',
      );
      const tooWide: string[] = [];
      for (const page of pages) {
        await desk.goto(`/operations/${page}`);
        await desk.locator('#content h1').first().waitFor();
        await desk.locator('.ant-skeleton').first().waitFor({ state: 'detached' });
        if (!(await fitsTheScreen(desk))) tooWide.push(page);
        await picture(desk, `phone-${page}`);
      }
      expect(tooWide).toEqual([]);
    });
  });
}
