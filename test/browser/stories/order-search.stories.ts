import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Account, RechargeView } from '#libs/testing';
import { picture } from '../browser.js';
import { type SignedInVisitor, type Stage, enter } from './stage.js';

/** The first that support does on a bad night: find the order. */
export function orderSearchStories(stage: Stage): void {
  describe('an operator who searches orders', () => {
    let operator: SignedInVisitor;
    let desk: Page;
    let merchant: Account;
    let paid: RechargeView;
    let open: RechargeView;

    beforeAll(async () => {
      operator = await enter(stage, 'operator');
      desk = operator.desk;
      merchant = await stage.stack().api().registerMerchant();
      const order = await merchant.recharge({ channel: 'wechat', method: 'native' });
      await stage.stack().sandboxClient.pay({ outTradeNo: order.outTradeNo, payUrl: null });
      paid = await merchant.until(order.id, 'CREDITED');
      open = await merchant.recharge({ amount: '51.00', channel: 'alipay', method: 'qr' });
      await desk.goto('/operations/orders');
    });
    afterAll(() => operator?.context.close());

    const search = async (label: string, words: string): Promise<void> => {
      await desk.getByLabel(label, { exact: true }).fill(words);
      await desk.getByLabel(label, { exact: true }).press('Enter');
    };
    const choose = async (label: string, option: string): Promise<void> => {
      await desk.getByRole('combobox', { name: label }).click();
      await desk.locator('.ant-select-item-option', { hasText: new RegExp(`^${option}$`) }).click();
    };
    const untilRows = async (...ids: string[]): Promise<void> => {
      for (const id of ids) await desk.locator('tbody tr', { hasText: id }).waitFor();
      await desk.locator(`tbody tr:nth-child(${ids.length})`).waitFor();
      await desk.locator(`tbody tr:nth-child(${ids.length + 1})`).waitFor({ state: 'detached' });
    };

    it('finds one by its own number, the attempt’s, and the channel’s', async () => {
      for (const number of [paid.id, paid.outTradeNo, paid.channelTradeNo ?? '']) {
        await search('Number', number);
        await untilRows(paid.id);
      }
      await picture(desk, 'orders-search');
      await desk.locator('tbody').getByRole('link').click();
      await desk.locator('[data-kind="order.credited"]').waitFor();
      await desk.goBack();
    });

    it('says so when a number leads nowhere, or can’t be one', async () => {
      await search('Number', '404404');
      await desk.getByText('No order matches').waitFor();
      await search('Number', 'Straße 7');
      await desk.getByText('Digits, letters, - and _ only').waitFor();
      await picture(desk, 'orders-none');
      // What can't be a number is not searched for: neither of it nor of everything.
      expect(new URL(desk.url()).searchParams.get('number')).toBe('404404');
      await search('Number', '');
    });

    it('lists a merchant’s, by state and by channel', async () => {
      await search('Merchant', merchant.id);
      await untilRows(paid.id, open.id);
      await choose('State', 'Credited');
      await untilRows(paid.id);
      await choose('State', 'All states');
      await choose('Channel', 'Alipay');
      await untilRows(open.id);
      expect(operator.errors).toEqual([]);
    });
  });
}
