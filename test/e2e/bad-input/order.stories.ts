import { describe, it } from '@jest/globals';
import type { ApiRequest } from '#libs/testing';
import { type BadInputWorld, type Expected, invalid, ORDER, UNKNOWN_ID } from './bad-input-world.js';

export function orderStories(world: BadInputWorld): void {
  describe('an amount', () => {
    it.each<[string, unknown, Expected]>([
      ['of zero', '0.00', invalid('amount')],
      ['of zero, short', '0', invalid('amount')],
      ['below zero', '-50.00', invalid('amount')],
      ['below zero by nothing', '-0.00', invalid('amount')],
      ['with three decimals', '50.001', invalid('amount')],
      ['with three decimals, the last of them 0', '50.000', invalid('amount')],
      ['over the limit', '50000.01', { status: 400, code: 'AMOUNT_OUT_OF_RANGE', fields: ['amount'] }],
      ['beyond what the ledger holds', '9223372036855.00', invalid('amount')],
      ['beyond 64 bits', '92233720368547758.08', invalid('amount')],
      ['longer than any', '9'.repeat(10_000), invalid('amount')],
      ['with an exponent', '1e3', invalid('amount')],
      ['in hexadecimal', '0x32', invalid('amount')],
      ['as a JSON number', 50, invalid('amount')],
      ['as a JSON fraction', 50.5, invalid('amount')],
      ['as null', null, invalid('amount')],
      ['as a truth', true, invalid('amount')],
      ['as a list', ['50.00'], invalid('amount')],
      ['as an object', { yuan: '50.00' }, invalid('amount')],
      ['that is missing', undefined, invalid('amount')],
      ['that is empty', '', invalid('amount')],
      ['of blanks', '   ', invalid('amount')],
      ['with a blank before it', ' 50.00', invalid('amount')],
      ['with a blank behind it', '50.00 ', invalid('amount')],
      ['with a line behind it', '50.00\n', invalid('amount')],
      ['with a plus', '+50.00', invalid('amount')],
      ['with a comma', '50,00', invalid('amount')],
      ['with thousands', '5,000.00', invalid('amount')],
      ['with leading zeros', '0050.00', invalid('amount')],
      ['without a whole part', '.50', invalid('amount')],
      ['without its decimals', '50.', invalid('amount')],
      ['in full-width digits', '５０.００', invalid('amount')],
      ['with a currency', '¥50.00', invalid('amount')],
      ['not a number', 'NaN', invalid('amount')],
      ['without end', 'Infinity', invalid('amount')],
    ])('%s', async (_name, amount, expected) => {
      await world.expectRefusal(
        () => world.asMerchant('POST', '/v1/recharges', { body: { ...ORDER, amount } }),
        expected,
      );
    });

    it('that was refused can be corrected at once: the refusal does not count as a submit', async () => {
      const tooMuch = { body: { ...ORDER, amount: '50000.01' } };
      for (let time = 1; time <= 3; time += 1) {
        await world.expectRefusal(() => world.asMerchant('POST', '/v1/recharges', tooMuch), {
          status: 400,
          code: 'AMOUNT_OUT_OF_RANGE',
          fields: ['amount'],
        });
      }
    });
  });
  describe('an order', () => {
    it.each<[string, unknown, Expected]>([
      ['for an unknown channel', { ...ORDER, channel: 'paypal' }, invalid('channel')],
      ['for a channel in capitals', { ...ORDER, channel: 'ALIPAY' }, invalid('channel')],
      ['for no channel', { amount: '50.00', method: 'page' }, invalid('channel')],
      ['for an unknown method', { ...ORDER, method: 'card' }, invalid('method')],
      ['for a name that every object has', { ...ORDER, method: 'constructor' }, invalid('method')],
      ['for no method', { amount: '50.00', channel: 'alipay' }, invalid('method')],
      [
        'for a method of another channel',
        { ...ORDER, method: 'native' },
        { status: 400, code: 'METHOD_NOT_SUPPORTED', fields: ['method'] },
      ],
      [
        'by a method that needs to know who the buyer is to the channel',
        { ...ORDER, channel: 'wechat', method: 'jsapi' },
        invalid('payerOpenId'),
      ],
      ['with a field that nobody knows', { ...ORDER, note: 'hello' }, invalid('note')],
      ["with somebody else's merchant id", { ...ORDER, merchantId: UNKNOWN_ID }, invalid('merchantId')],
      ['with a state of its own', { ...ORDER, state: 'CREDITED' }, invalid('state')],
      [
        'wrong in every field',
        { amount: 1, channel: 2, method: 3, more: 4 },
        invalid('amount', 'channel', 'method', 'more'),
      ],
      ['with nothing in it', {}, invalid('amount', 'channel', 'method')],
      ['that is a list', [ORDER], invalid('body')],
      ['that is null', null, invalid('body')],
      ['that is a text', JSON.stringify('50.00'), invalid('body')],
      [
        'with a prototype',
        `{"__proto__":{"amount":"50.00"},"channel":"alipay","method":"page"}`,
        invalid('amount', '__proto__'),
      ],
    ])('%s', async (_name, body, expected) => {
      await world.expectRefusal(() => world.asMerchant('POST', '/v1/recharges', { body }), expected);
    });

    it.each(['', ' ', 'with blanks', 'ü', 'x'.repeat(81)])('under the idempotency key %j', async (key) => {
      await world.expectRefusal(
        () =>
          world.asMerchant('POST', '/v1/recharges', {
            body: ORDER,
            // A header carries bytes; fetch takes them as Latin-1.
            headers: { 'idempotency-key': key },
          }),
        invalid('idempotency-key'),
      );
    });
  });
  describe('a body', () => {
    const tooLarge: Expected = { status: 413, code: 'PAYLOAD_TOO_LARGE', fields: ['body'] };
    const wrongType: Expected = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE', fields: ['content-type'] };

    it.each<[string, ApiRequest, Expected]>([
      ['over the limit', { body: { ...ORDER, note: 'x'.repeat(70_000) } }, tooLarge],
      ['far over the limit', { body: { ...ORDER, note: 'x'.repeat(1_000_000) } }, tooLarge],
      [
        'of another type',
        { body: JSON.stringify(ORDER), headers: { 'content-type': 'text/plain' } },
        wrongType,
      ],
      [
        'as a form',
        {
          body: 'amount=50.00&channel=alipay&method=page',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        wrongType,
      ],
      ['as XML', { body: '<order/>', headers: { 'content-type': 'application/xml' } }, wrongType],
      ['that is broken JSON', { body: '{"amount": "50.00",' }, invalid('body')],
      [
        'that is JSON and more',
        { body: `${JSON.stringify(ORDER)}${JSON.stringify(ORDER)}` },
        invalid('body'),
      ],
      ['that is a word', { body: 'hello' }, invalid('body')],
      ['that is missing', { headers: { 'content-type': 'application/json' } }, invalid('body')],
    ])('%s', async (_name, request, expected) => {
      await world.expectRefusal(() => world.asMerchant('POST', '/v1/recharges', request), expected);
    });
  });
}
