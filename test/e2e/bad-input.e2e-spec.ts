import { generateKeyPairSync, type KeyObject, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SignJWT } from 'jose';
import {
  type Account,
  type ApiAnswer,
  type ApiClient,
  type ApiRequest,
  newEmail,
  type Problem,
  startTestStack,
  TEST_PASSWORD,
  type TestStack,
} from '#libs/testing';
import { Books } from './support/books.js';
import { OpenApiCheck } from './support/openapi-check.js';

jest.setTimeout(60_000);

const ORDER = { amount: '50.00', channel: 'alipay', method: 'page' };
/** The right form, and nobody's. */
const UNKNOWN_ID = '1077389205120450560';

interface Expected {
  readonly status: number;
  readonly code: string;
  /** What `errors` must name; a request may be wrong in several fields. */
  readonly fields?: readonly string[];
}

const invalid = (...fields: string[]): Expected => ({ status: 400, code: 'VALIDATION_FAILED', fields });

describe('What is wrong with a request is said, and nothing of it is stored', () => {
  let stack: TestStack;
  let api: ApiClient;
  let books: Books;
  let openapi: OpenApiCheck;
  let merchant: Account;
  let trafficOwner: Account;
  let operator: Account;
  let auditor: Account;

  beforeAll(async () => {
    stack = await startTestStack({ replicas: 1 });
    books = await Books.open(stack.urls.mysql);
    openapi = await OpenApiCheck.of(stack.urls.gateway);
    api = stack.api({ onAnswer: openapi.check });
    merchant = await api.registerMerchant();
    trafficOwner = await api.register('traffic_owner');
    operator = await api.signInOperator();
    auditor = await api.signIn('auditor@demo.test', 'Demo-pass-1');
  }, 120_000);

  afterAll(async () => {
    await books?.close();
    await stack?.stop();
  });

  /** Sends a request, and holds it to a refusal that is whole and leaves no trace. */
  async function expectRefusal(
    send: () => Promise<ApiAnswer<Problem>>,
    { status, code, fields = [] }: Expected,
  ): Promise<ApiAnswer<Problem>> {
    const before = await books.rowCounts();
    const answer = await send();
    const { body, contentType, requestId, path } = answer;
    expect({ status: answer.status, code: body.code }).toEqual({ status, code });
    expect(contentType).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      type: `urn:clearbid:problem:${code}`,
      status,
      title: expect.stringMatching(/\w/),
      detail: expect.stringMatching(/\w/),
      instance: path.replace(/\?.*/s, ''),
      requestId,
    });
    expect([...new Set(body.errors?.map(({ field }) => field))].sort()).toEqual([...fields].sort());
    for (const { message } of body.errors ?? []) expect(message).toMatch(/\w/);
    expect(await books.rowCounts()).toEqual(before);
    return answer;
  }

  const asMerchant = (method: string, path: string, request?: ApiRequest) =>
    merchant.send<Problem>(method, path, request);

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
      await expectRefusal(
        () => asMerchant('POST', '/v1/recharges', { body: { ...ORDER, amount } }),
        expected,
      );
    });

    it('that was refused can be corrected at once: the refusal does not count as a submit', async () => {
      const tooMuch = { body: { ...ORDER, amount: '50000.01' } };
      for (let time = 1; time <= 3; time += 1) {
        await expectRefusal(() => asMerchant('POST', '/v1/recharges', tooMuch), {
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
        'for a channel that is not set up here',
        { ...ORDER, channel: 'wechat', method: 'native' },
        { status: 503, code: 'CHANNEL_UNAVAILABLE', fields: ['channel'] },
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
      await expectRefusal(() => asMerchant('POST', '/v1/recharges', { body }), expected);
    });

    it.each(['', ' ', 'with blanks', 'ü', 'x'.repeat(81)])('under the idempotency key %j', async (key) => {
      await expectRefusal(
        () =>
          asMerchant('POST', '/v1/recharges', {
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
      await expectRefusal(() => asMerchant('POST', '/v1/recharges', request), expected);
    });
  });

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
      await expectRefusal(() => asMerchant('GET', path), invalid('id'));
      await expectRefusal(() => asMerchant('POST', `${path}/close`), invalid('id'));
    });

    it.each([UNKNOWN_ID, '1', '9223372036854775807', '9999999999999999999'])(
      '%s is of no recharge',
      async (id) => {
        const unknown: Expected = { status: 404, code: 'RECHARGE_NOT_FOUND' };
        await expectRefusal(() => asMerchant('GET', `/v1/recharges/${id}`), unknown);
        await expectRefusal(() => asMerchant('POST', `/v1/recharges/${id}/close`), unknown);
      },
    );

    it('of no session, or no id at all', async () => {
      await expectRefusal(() => asMerchant('DELETE', '/v1/auth/sessions/mine'), invalid('id'));
      await expectRefusal(() => asMerchant('DELETE', `/v1/auth/sessions/${UNKNOWN_ID}`), {
        status: 404,
        code: 'NOT_FOUND',
      });
    });

    it("of somebody else's session ends nothing", async () => {
      const { body } = await trafficOwner.send<{ items: { id: string }[] }>('GET', '/v1/auth/sessions');

      await expectRefusal(() => asMerchant('DELETE', `/v1/auth/sessions/${body.items[0]?.id}`), {
        status: 404,
        code: 'NOT_FOUND',
      });

      expect((await trafficOwner.send('GET', '/v1/me')).status).toBe(200);
    });

    it('of no dead letter, or no id at all, or of no service', async () => {
      const replay = (service: string, id: string) => () =>
        operator.send<Problem>('POST', `/v1/admin/dead-letters/${service}/${id}/replay`);

      await expectRefusal(replay('payment', 'abc'), invalid('id'));
      await expectRefusal(replay('payment', UNKNOWN_ID), invalid('id'));
      await expectRefusal(replay('nobody', '1763625600000-0'), invalid('service'));
      await expectRefusal(replay('payment', '1763625600000-0'), { status: 404, code: 'NOT_FOUND' });
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
      await expectRefusal(() => asMerchant('GET', path), expected);
    });

    it.each<[string, Expected]>([
      ['/v1/admin/payment-conflicts?cursor=x', invalid('cursor')],
      ['/v1/admin/payment-conflicts?limit=0', invalid('limit')],
      ['/v1/admin/dead-letters', invalid('service')],
      ['/v1/admin/dead-letters?service=nobody', invalid('service')],
      ['/v1/admin/dead-letters?service=payment&cursor=1', invalid('cursor')],
    ])('of operators: %s', async (path, expected) => {
      await expectRefusal(() => operator.send<Problem>('GET', path), expected);
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
      await expectRefusal(() => api.send<Problem>('POST', `/v1/auth/${route}`, { body }), expected);
    });

    it('with an address that is taken, in whatever case', async () => {
      const email = merchant.email.toUpperCase();
      await expectRefusal(
        () => api.send<Problem>('POST', '/v1/auth/register', { body: { ...person, email } }),
        {
          status: 409,
          code: 'EMAIL_TAKEN',
        },
      );
    });
  });

  describe('a token', () => {
    const unauthenticated: Expected = { status: 401, code: 'UNAUTHENTICATED' };
    const order = (headers: Record<string, string>) => () =>
      api.send<Problem>('POST', '/v1/recharges', { body: ORDER, headers });

    it.each<[string, Record<string, string>]>([
      ['that is missing', {}],
      ['that is empty', { authorization: '' }],
      ['of another scheme', { authorization: 'Basic bWVyY2hhbnQ6c2VjcmV0' }],
      ['that is garbage', { authorization: 'Bearer garbage' }],
      ['of three parts of garbage', { authorization: 'Bearer aaaa.bbbb.cccc' }],
      ['in a cookie', { cookie: 'token=abc' }],
    ])('%s', async (_name, headers) => {
      const { headers: answered } = await expectRefusal(order(headers), unauthenticated);
      expect(answered.get('www-authenticate')).toBe('Bearer');
    });

    it('that has expired', async () => {
      const { body } = await expectRefusal(order(await bearer({ expiresInSeconds: -1 })), unauthenticated);
      expect(body.detail).toContain('expired');
    });

    it('that somebody else has signed', async () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      await expectRefusal(order(await bearer({ key: privateKey })), unauthenticated);
    });

    it('that names another issuer, or another audience', async () => {
      await expectRefusal(order(await bearer({ issuer: 'somebody' })), unauthenticated);
      await expectRefusal(order(await bearer({ audience: 'somebody' })), unauthenticated);
    });

    it('whose content was changed after it was signed', async () => {
      const [header, , signature] = merchant.token.split('.');
      const claims = Buffer.from(JSON.stringify({ ...claimsOf(merchant), sub: trafficOwner.id })).toString(
        'base64url',
      );
      await expectRefusal(
        order({ authorization: `Bearer ${header}.${claims}.${signature}` }),
        unauthenticated,
      );
    });

    it('that wants to be believed without a signature', async () => {
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
      const [, claims] = merchant.token.split('.');
      await expectRefusal(order({ authorization: `Bearer ${header}.${claims}.` }), unauthenticated);
    });

    it('signed with the public key, as if that were a secret', async () => {
      const publicKey = readFileSync(join(stack.dataDir, 'secrets', 'session-public-key.pem'));
      const token = await new SignJWT({ sid: claimsOf(merchant).sid })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(merchant.id)
        .setIssuer('clearbid')
        .setAudience('clearbid')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(publicKey);
      await expectRefusal(order({ authorization: `Bearer ${token}` }), unauthenticated);
    });

    it('of a session that never was', async () => {
      await expectRefusal(order(await bearer({ sid: UNKNOWN_ID })), { status: 401, code: 'SESSION_ENDED' });
    });

    it("of somebody else's session", async () => {
      await expectRefusal(order(await bearer({ sid: claimsOf(trafficOwner).sid })), unauthenticated);
    });

    it('made by this test as identity makes them is let in: the refusals above are not for its form', async () => {
      const { status } = await api.send('GET', '/v1/me', { headers: await bearer({}) });
      expect(status).toBe(200);
    });

    interface TokenParts {
      readonly key?: KeyObject;
      readonly sid?: string;
      readonly issuer?: string;
      readonly audience?: string;
      readonly expiresInSeconds?: number;
    }

    async function bearer(parts: TokenParts): Promise<{ authorization: string }> {
      const {
        sid = claimsOf(merchant).sid,
        issuer = 'clearbid',
        audience = 'clearbid',
        expiresInSeconds = 300,
      } = parts;
      const pem = readFileSync(join(stack.dataDir, 'secrets', 'session-private-key.pem'));
      const now = Math.floor(Date.now() / 1_000);
      const token = await new SignJWT({ sid })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
        .setSubject(merchant.id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(now - 600)
        .setExpirationTime(now + expiresInSeconds)
        .sign(parts.key ?? createPrivateKey(pem));
      return { authorization: `Bearer ${token}` };
    }
  });

  describe('a permission that the account has not got', () => {
    const people = {
      merchant: () => merchant,
      trafficOwner: () => trafficOwner,
      operator: () => operator,
      auditor: () => auditor,
    };

    it.each<[keyof typeof people, string, string]>([
      ['trafficOwner', 'POST', '/v1/recharges'],
      ['trafficOwner', 'GET', '/v1/recharges'],
      ['trafficOwner', 'GET', `/v1/recharges/${UNKNOWN_ID}`],
      ['trafficOwner', 'POST', `/v1/recharges/${UNKNOWN_ID}/close`],
      ['operator', 'POST', '/v1/recharges'],
      ['operator', 'GET', '/v1/wallet'],
      ['auditor', 'POST', '/v1/admin/dead-letters/payment/1763625600000-0/replay'],
      ['merchant', 'GET', '/v1/admin/payment-conflicts'],
      ['merchant', 'GET', '/v1/admin/dead-letters?service=payment'],
      ['merchant', 'POST', '/v1/admin/dead-letters/payment/1763625600000-0/replay'],
      ['trafficOwner', 'GET', '/v1/admin/payment-conflicts'],
    ])('%s: %s %s', async (who, method, path) => {
      const body = path === '/v1/recharges' && method === 'POST' ? { body: ORDER } : {};
      const { body: problem } = await expectRefusal(() => people[who]().send<Problem>(method, path, body), {
        status: 403,
        code: 'FORBIDDEN',
      });
      expect(problem.detail).toMatch(/[a-z-]+:[a-z]+/);
    });
  });

  it('all these answers are documented', () => {
    expect(openapi.faults).toEqual([]);
  });

  describe('an address', () => {
    it('that nothing is served at', async () => {
      await expectRefusal(() => stack.api().send('GET', '/v1/nothing', { token: merchant.token }), {
        status: 404,
        code: 'NOT_FOUND',
      });
    });

    it('that takes another method', async () => {
      const { headers } = await expectRefusal(
        () => stack.api().send('PUT', '/v1/recharges', { token: merchant.token }),
        {
          status: 405,
          code: 'METHOD_NOT_ALLOWED',
        },
      );
      expect(headers.get('allow')).toContain('POST');
    });

    it('that is none', async () => {
      const { status } = await stack.api().send('GET', '/v1/recharges/%zz', { token: merchant.token });
      expect(status).toBe(400);
    });
  });

  it('no process has complained: what callers do wrong is no error of ours', () => {
    expect(stack.logs.errors()).toEqual([]);
  });
});

function claimsOf(account: Account): { sub: string; sid: string } {
  const [, claims = ''] = account.token.split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { sub: string; sid: string };
}
