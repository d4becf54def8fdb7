import { describe, expect, it } from '@jest/globals';
import type { NotifyFields } from '../support/hand-made-notify.js';
import type { NotifyWorld } from './notify-world.js';

/** What is not Alipay's, or says nothing that can be understood. */
export function refusedStories(world: NotifyWorld): void {
  describe("that is not Alipay's", () => {
    it.each<[string, (form: URLSearchParams) => void, string]>([
      [
        'whose signature has one bit turned over',
        (form) => form.set('sign', spoil(form.get('sign') ?? '')),
        'BAD_SIGNATURE',
      ],
      ['whose signature is garbage', (form) => form.set('sign', 'garbage'), 'BAD_SIGNATURE'],
      ['whose signature is of another notify', (form) => form.set('sign', otherSignature()), 'BAD_SIGNATURE'],
      ['without a signature', (form) => form.delete('sign'), 'MALFORMED'],
      ['with an empty signature', (form) => form.set('sign', ''), 'MALFORMED'],
      [
        'whose trade number was changed on the way',
        (form) => form.set('trade_no', '2026112022001400000000000666'),
        'BAD_SIGNATURE',
      ],
      ['with a field more than was signed', (form) => form.append('extra', '1'), 'BAD_SIGNATURE'],
      ['with a field less than was signed', (form) => form.delete('version'), 'BAD_SIGNATURE'],
    ])('%s', async (_what, spoiled, result) => {
      const order = await world.newOrder(world.pauper);
      const form = world.writer.signed(world.writer.fieldsOf(order.recharge));
      spoiled(form);

      await world.expectRefused(order, () => world.post(form), result);
    });

    it('whose amount was changed on the way', async () => {
      const order = await world.newOrder(world.pauper, '5000.00');
      const form = world.writer.signed(world.writer.fieldsOf(order.recharge, { total_amount: '0.01' }));
      form.set('total_amount', '5000.00');

      await world.expectRefused(order, () => world.post(form), 'BAD_SIGNATURE');
    });

    it('signed with our own application key, whose public half everybody may know', async () => {
      const order = await world.newOrder(world.pauper);
      const form = world.writer.signed(world.writer.fieldsOf(order.recharge), {
        key: world.writer.applicationKey,
      });

      await world.expectRefused(order, () => world.post(form), 'BAD_SIGNATURE');
    });

    it('signed the old way, with SHA-1, and saying so: also with the right key', async () => {
      const order = await world.newOrder(world.pauper);
      const form = world.writer.signed(world.writer.fieldsOf(order.recharge), {
        digest: 'RSA-SHA1',
        signType: 'RSA',
      });

      await world.expectRefused(order, () => world.post(form), 'BAD_SIGNATURE');
    });

    it('signed the new way, and saying it were the old', async () => {
      const order = await world.newOrder(world.pauper);
      const form = world.writer.signed(world.writer.fieldsOf(order.recharge), { signType: 'RSA' });

      await world.expectRefused(order, () => world.post(form), 'BAD_SIGNATURE');
    });

    function otherSignature(): string {
      return (
        world.writer
          .signed(world.writer.fieldsOf({ outTradeNo: '1077389205120450560', amount: '50.00', payUrl: null }))
          .get('sign') ?? ''
      );
    }
  });
  describe('that can not be read', () => {
    it.each<
      [string, (form: URLSearchParams) => { body: string | Uint8Array; headers?: Record<string, string> }]
    >([
      ['empty', () => ({ body: '' })],
      [
        'JSON',
        (form) => ({
          body: JSON.stringify(Object.fromEntries(form)),
          headers: { 'content-type': 'application/json' },
        }),
      ],
      ['broken JSON', () => ({ body: '{', headers: { 'content-type': 'application/json' } })],
      ['JSON that says it were a form', (form) => ({ body: JSON.stringify(Object.fromEntries(form)) })],
      ['XML', () => ({ body: '<xml><sign>abc</sign></xml>', headers: { 'content-type': 'text/xml' } })],
      [
        'bytes that are no text',
        () => ({ body: Uint8Array.from({ length: 512 }, (_, index) => index % 256) }),
      ],
      ['with its amount twice', (form) => ({ body: `${form.toString()}&total_amount=50.00` })],
      ['with its order twice', (form) => ({ body: `out_trade_no=1&${form.toString()}` })],
      ['with its signature twice', (form) => ({ body: `${form.toString()}&sign=abc` })],
    ])('%s', async (_what, bodyOf) => {
      const order = await world.newOrder(world.pauper);
      const { body, headers } = bodyOf(world.writer.signed(world.writer.fieldsOf(order.recharge)));

      await world.expectRefused(order, () => world.post(body, headers), 'MALFORMED');
    });

    it('of a megabyte: the gateway does not even pass it on', async () => {
      const { recharge } = await world.newOrder(world.pauper);
      const before = { rows: await world.books.rowCounts(), order: await world.books.orderOf(recharge.id) };

      const { status, text } = await world.post(
        world.writer.signed(world.writer.fieldsOf(recharge, { body: 'x'.repeat(1_000_000) })),
      );

      expect(status).toBe(413);
      expect(text).not.toMatch(/success/i);
      expect(await world.books.rowCounts()).toEqual(before.rows);
      expect(await world.books.orderOf(recharge.id)).toEqual(before.order);
    });

    it.each<[string, NotifyFields]>([
      ['a state that nobody knows', { trade_status: 'TRADE_PONDERED' }],
      ['no trade number', { trade_no: '' }],
      ['an amount with an exponent', { total_amount: '5e1' }],
      ['an amount below zero', { total_amount: '-50.00' }],
      ['an amount with three decimals', { total_amount: '50.000' }],
      ['an amount that is no number', { total_amount: 'fifty' }],
    ])('signed by Alipay, with %s', async (_what, other) => {
      const order = await world.newOrder(world.pauper);
      await world.expectRefused(
        order,
        () => world.post(world.writer.signed(world.writer.fieldsOf(order.recharge, other))),
        'MALFORMED',
      );
    });

    it.each([
      '1077389205120450560',
      '9223372036854775807',
      '9999999999999999999',
      'abc',
      '0',
      '-1',
      "1' OR '1'='1",
      '12345678901234567890123456789012',
    ])('signed by Alipay, of the order %j, which is none of ours', async (outTradeNo) => {
      const order = await world.newOrder(world.pauper);
      const form = world.writer.signed(world.writer.fieldsOf({ outTradeNo, amount: '50.00', payUrl: null }));

      await world.expectRefused(order, () => world.post(form), 'UNKNOWN_ORDER');
    });

    it("of an order's id in the place of its attempt's", async () => {
      const order = await world.newOrder(world.pauper);
      const form = world.writer.signed(
        world.writer.fieldsOf({
          outTradeNo: order.recharge.id,
          amount: '50.00',
          payUrl: order.recharge.payUrl,
        }),
      );

      await world.expectRefused(order, () => world.post(form), 'UNKNOWN_ORDER');
    });
  });
}

function spoil(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  bytes[10] = (bytes[10] ?? 0) ^ 0x04;
  return bytes.toString('base64');
}
