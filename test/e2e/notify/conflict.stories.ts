import { describe, expect, it } from '@jest/globals';
import { eventually } from '#libs/testing';
import type { NotifyFields } from '../support/hand-made-notify.js';
import type { Conflict, NotifyWorld } from './notify-world.js';

export function conflictStories(world: NotifyWorld): void {
  describe('that tells of a payment that was not as asked', () => {
    it.each<[string, NotifyFields, string]>([
      ['a cent too little', { total_amount: '49.99' }, '49.99'],
      ['a cent too much', { total_amount: '50.01' }, '50.01'],
      ['a hundredth of it, as if yuan were fen', { total_amount: '0.50' }, '0.50'],
      ['to another application', { app_id: '2021000000000666' }, '50.00'],
      ['to another seller', { seller_id: '2088000000000666' }, '50.00'],
    ])('%s: an operator sees it, and nobody is ever credited', async (_what, other, paidAmount) => {
      const { merchant, recharge } = await world.newOrder(world.pauper);
      const fields = world.writer.fieldsOf(recharge, other);
      const conflicts = () =>
        world.stack.counter('payment', 'clearbid_payment_settlements_total', {
          source: 'notify',
          action: 'CONFLICT',
        });
      const before = { conflicts: await conflicts(), balance: await merchant.balance() };

      await world.expectAccepted(world.writer.signed(fields));
      await world.expectAccepted(world.writer.signed(fields));

      expect(await conflicts()).toBe(before.conflicts + 1);
      expect(await world.conflictOf(recharge)).toMatchObject({
        attemptId: recharge.outTradeNo,
        merchantId: merchant.id,
        expectedAmount: '50.00',
        paidAmount,
        channelTradeNo: fields['trade_no'],
        reason: expect.stringMatching(/\w/),
      });

      await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(recharge)));

      const { attempts } = await world.books.orderOf(recharge.id);
      expect(attempts).toMatchObject([{ state: 'CONFLICTED' }]);
      // Nothing else is open that could pay it; the operator has the money, and the merchant is told.
      expect(await merchant.get(recharge.id)).toMatchObject({ state: 'CLOSED', inConflict: true });
      expect(await world.books.creditsOf(recharge.id)).toEqual({ transfers: 0, micros: '0' });
      expect(await merchant.balance()).toBe(before.balance);
    });

    it('with the trade of another order of the same merchant: one trade pays one order', async () => {
      const { merchant, recharge: first } = await world.newOrder();
      const second = await merchant.recharge({ amount: '50.00' });
      const { trade_no = '' } = world.writer.fieldsOf(first);
      await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(first)));
      await merchant.until(first.id, 'CREDITED');

      await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(second, { trade_no })));

      expect(await merchant.get(second.id)).toMatchObject({ state: 'CLOSED', inConflict: true });
      const { attempts } = await world.books.orderOf(second.id);
      expect(attempts).toMatchObject([{ state: 'CONFLICTED', channel_trade_no: null }]);
      expect(await merchant.balance()).toBe('50.00');
    });

    it('with the trade of an order in another table: the ledger books it once', async () => {
      const one = await world.newOrder();
      const other = await world.newOrderInAnotherTable(one.merchant);
      const { trade_no = '' } = world.writer.fieldsOf(one.recharge);
      await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(one.recharge)));
      await one.merchant.until(one.recharge.id, 'CREDITED');

      await world.expectAccepted(world.writer.signed(world.writer.fieldsOf(other.recharge, { trade_no })));

      const refusal = await eventually('the ledger has refused it', () =>
        world.books.transferOf(other.recharge.id),
      );
      expect(refusal).toMatchObject({ status: 'rejected', result_code: 'EXTERNAL_ID_TAKEN' });
      expect(await world.books.creditsOf(other.recharge.id)).toEqual({ transfers: 0, micros: '0' });
      expect(await other.merchant.balance()).toBe('0.00');
    });

    it('is listed for operators page by page, newest first, over all tables', async () => {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const after: string = cursor === null ? '' : `&cursor=${cursor}`;
        const page: { items: Conflict[]; nextCursor: string | null } = await world.operator.call(
          'GET',
          `/v1/admin/payment-conflicts?limit=2${after}`,
        );
        seen.push(...page.items.map(({ attemptId }) => attemptId));
        cursor = page.nextCursor;
      } while (cursor !== null);

      const all = await world.operator.call<{ items: Conflict[] }>(
        'GET',
        '/v1/admin/payment-conflicts?limit=100',
      );
      expect(seen.length).toBeGreaterThanOrEqual(5);
      expect(seen).toEqual(all.items.map(({ attemptId }) => attemptId));
      expect(seen.map(BigInt)).toEqual(seen.map(BigInt).toSorted((one, other) => (one < other ? 1 : -1)));
    });
  });
}
