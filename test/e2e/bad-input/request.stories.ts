import { describe, expect, it } from '@jest/globals';
import { newEmail, type Problem, TEST_PASSWORD } from '#libs/testing';
import { type BadInputWorld, type Expected, invalid, UNKNOWN_ID } from './bad-input-world.js';

/** What can be wrong with ids, lists, sign-ins and addresses. */
export function requestStories(world: BadInputWorld): void {
  describe('an id', () => {
    const malformed = [
      'abc',
      '0',
      '-1',
      '1.5',
      '01',
      '1e18',
      '12345678901234567890',
      '%20',
      "1'--",
      '１２３',
    ];

    it.each(malformed)('%j is none of a recharge', async (id) => {
      const path = `/v1/recharges/${encodeURIComponent(decodeURIComponent(id))}`;
      await world.expectRefusal(() => world.asMerchant('GET', path), invalid('id'));
      await world.expectRefusal(() => world.asMerchant('POST', `${path}/close`), invalid('id'));
    });

    it.each([UNKNOWN_ID, '1', '9223372036854775807', '9999999999999999999'])(
      '%s is of no recharge',
      async (id) => {
        const unknown: Expected = { status: 404, code: 'RECHARGE_NOT_FOUND' };
        await world.expectRefusal(() => world.asMerchant('GET', `/v1/recharges/${id}`), unknown);
        await world.expectRefusal(() => world.asMerchant('POST', `/v1/recharges/${id}/close`), unknown);
      },
    );

    it('of no session, or no id at all', async () => {
      await world.expectRefusal(() => world.asMerchant('DELETE', '/v1/auth/sessions/mine'), invalid('id'));
      await world.expectRefusal(() => world.asMerchant('DELETE', `/v1/auth/sessions/${UNKNOWN_ID}`), {
        status: 404,
        code: 'NOT_FOUND',
      });
    });

    it("of somebody else's session ends nothing", async () => {
      const { body } = await world.trafficOwner.send<{ items: { id: string }[] }>('GET', '/v1/auth/sessions');

      await world.expectRefusal(() => world.asMerchant('DELETE', `/v1/auth/sessions/${body.items[0]?.id}`), {
        status: 404,
        code: 'NOT_FOUND',
      });

      expect((await world.trafficOwner.send('GET', '/v1/me')).status).toBe(200);
    });

    it('of no dead letter, or no id at all, or of no service', async () => {
      const replay = (service: string, id: string) => () =>
        world.operator.send<Problem>('POST', `/v1/admin/dead-letters/${service}/${id}/replay`);

      await world.expectRefusal(replay('payment', 'abc'), invalid('id'));
      await world.expectRefusal(replay('payment', UNKNOWN_ID), invalid('id'));
      await world.expectRefusal(replay('nobody', '1763625600000-0'), invalid('service'));
      await world.expectRefusal(replay('payment', '1763625600000-0'), { status: 404, code: 'NOT_FOUND' });
    });
  });
  describe('a list', () => {
    it.each<[string, Expected]>([
      ['/v1/recharges?cursor=abc', invalid('cursor')],
      ['/v1/recharges?cursor=-1', invalid('cursor')],
      ['/v1/recharges?cursor=', invalid('cursor')],
      ['/v1/recharges?limit=0', invalid('limit')],
      ['/v1/recharges?limit=101', invalid('limit')],
      ['/v1/recharges?limit=-1', invalid('limit')],
      ['/v1/recharges?limit=ten', invalid('limit')],
      ['/v1/recharges?limit=1e1', invalid('limit')],
      ['/v1/recharges?limit=', invalid('limit')],
      ['/v1/recharges?limit=1&limit=2', invalid('limit')],
      ['/v1/recharges?state=PAYED', invalid('state')],
      ['/v1/recharges?state=paid', invalid('state')],
      ['/v1/recharges?state=PAID&state=CLOSED', invalid('state')],
      ['/v1/recharges?channel=paypal', invalid('channel')],
      ['/v1/recharges?createdFrom=yesterday', invalid('createdFrom')],
      ['/v1/recharges?createdFrom=2026-11-20', invalid('createdFrom')],
      ['/v1/recharges?createdTo=2026-13-45T99:00:00Z', invalid('createdTo')],
      ['/v1/recharges?merchantId=1', invalid('merchantId')],
      ['/v1/recharges?cursor=x&limit=y&state=z&more=1', invalid('cursor', 'limit', 'state', 'more')],
      ['/v1/wallet?ownerId=1', invalid('ownerId')],
      ['/v1/wallet/entries?afterSeq=-1', invalid('afterSeq')],
      ['/v1/wallet/entries?afterSeq=first', invalid('afterSeq')],
      ['/v1/wallet/entries?cursor=last', invalid('cursor')],
      ['/v1/wallet/entries?limit=1000', invalid('limit')],
      ['/v1/wallet/entries?account=system', invalid('account')],
    ])('%s', async (path, expected) => {
      await world.expectRefusal(() => world.asMerchant('GET', path), expected);
    });

    it.each<[string, Expected]>([
      ['/v1/admin/payment-conflicts?cursor=x', invalid('cursor')],
      ['/v1/admin/payment-conflicts?limit=0', invalid('limit')],
      ['/v1/admin/dead-letters', invalid('service')],
      ['/v1/admin/dead-letters?service=nobody', invalid('service')],
      ['/v1/admin/dead-letters?service=payment&cursor=1', invalid('cursor')],
    ])('of operators: %s', async (path, expected) => {
      await world.expectRefusal(() => world.operator.send<Problem>('GET', path), expected);
    });
  });
  describe('a sign-up or sign-in', () => {
    const person = { email: newEmail('person'), password: TEST_PASSWORD, kind: 'merchant' };

    it.each<[string, string, unknown, Expected]>([
      ['without an email address', 'register', { ...person, email: undefined }, invalid('email')],
      ['with an address that is none', 'register', { ...person, email: 'somebody' }, invalid('email')],
      ['with a short password', 'register', { ...person, password: 'seven77' }, invalid('password')],
      ['with an endless password', 'register', { ...person, password: 'x'.repeat(129) }, invalid('password')],
      ['with a number for a password', 'register', { ...person, password: 12345678 }, invalid('password')],
      ['as an operator', 'register', { ...person, kind: 'operator' }, invalid('kind')],
      ['with roles of its own', 'register', { ...person, roles: ['operator'] }, invalid('roles')],
      ['with a blank name', 'register', { ...person, displayName: '  ' }, invalid('displayName')],
      ['without anything', 'login', {}, invalid('email', 'password')],
      ['with an empty password', 'login', { email: person.email, password: '' }, invalid('password')],
      [
        'of nobody',
        'login',
        { email: newEmail('nobody'), password: TEST_PASSWORD },
        { status: 401, code: 'BAD_CREDENTIALS' },
      ],
      ['refreshed by nothing', 'refresh', {}, invalid('refreshToken')],
      [
        'refreshed by garbage',
        'refresh',
        { refreshToken: 'garbage' },
        { status: 401, code: 'SESSION_ENDED' },
      ],
      ['refreshed by far too much', 'refresh', { refreshToken: 'x'.repeat(513) }, invalid('refreshToken')],
    ])('%s: %s', async (_name, route, body, expected) => {
      await world.expectRefusal(
        () => world.api.send<Problem>('POST', `/v1/auth/${route}`, { body }),
        expected,
      );
    });

    it('with an address that is taken, in whatever case', async () => {
      const email = world.merchant.email.toUpperCase();
      await world.expectRefusal(
        () => world.api.send<Problem>('POST', '/v1/auth/register', { body: { ...person, email } }),
        {
          status: 409,
          code: 'EMAIL_TAKEN',
        },
      );
    });
  });
  describe('an address', () => {
    it('that nothing is served at', async () => {
      await world.expectRefusal(
        () => world.stack.api().send('GET', '/v1/nothing', { token: world.merchant.token }),
        {
          status: 404,
          code: 'NOT_FOUND',
        },
      );
    });

    it('that takes another method', async () => {
      const { headers } = await world.expectRefusal(
        () => world.stack.api().send('PUT', '/v1/recharges', { token: world.merchant.token }),
        {
          status: 405,
          code: 'METHOD_NOT_ALLOWED',
        },
      );
      expect(headers.get('allow')).toContain('POST');
    });

    it('that is none', async () => {
      const { status } = await world.stack
        .api()
        .send('GET', '/v1/recharges/%zz', { token: world.merchant.token });
      expect(status).toBe(400);
    });
  });
}
