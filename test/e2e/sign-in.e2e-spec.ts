import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  Account,
  type ApiClient,
  eventually,
  newEmail,
  type SignedIn,
  startTestStack,
  TEST_PASSWORD,
  type TestStack,
} from '#libs/testing';
import { OpenApiCheck } from './support/openapi-check.js';
import { OpenPage } from './support/open-page.js';

jest.setTimeout(60_000);

interface SessionView {
  readonly id: string;
  readonly current: boolean;
  readonly userAgent: string;
}

describe('Signing in', () => {
  let stack: TestStack;
  let api: ApiClient;
  let openapi: OpenApiCheck;

  beforeAll(async () => {
    stack = await startTestStack();
    openapi = await OpenApiCheck.of(stack.urls.gateway);
    api = stack.api({ onAnswer: openapi.check });
  }, 120_000);

  afterAll(() => stack?.stop());

  const refresh = (refreshToken: string) =>
    api.send<SignedIn & { code?: string }>('POST', '/v1/auth/refresh', { body: { refreshToken } });

  const lives = async (account: Account) => {
    for (const replica of [0, 1]) {
      expect((await account.at(replica).send('GET', '/v1/me')).status).toBe(200);
    }
  };

  /** Over on every gateway, at once. */
  const expectEnded = async (account: Account) => {
    for (const replica of [0, 1]) {
      const { status, body } = await account.at(replica).send<{ code: string }>('GET', '/v1/me');
      expect({ replica, status, code: body.code }).toEqual({ replica, status: 401, code: 'SESSION_ENDED' });
    }
  };

  const sessionsOf = async (account: Account) =>
    (await account.call<{ items: SessionView[] }>('GET', '/v1/auth/sessions')).items;

  describe('with an account', () => {
    it('that was just registered: it is signed in, on every gateway, and may do what merchants may', async () => {
      const email = newEmail('Anna');

      const { signedIn } = await api.register('merchant', email);

      const anna = new Account(api, signedIn);
      await lives(anna);
      const me = await anna.call<SignedIn['account']>('GET', '/v1/me');
      expect(me).toEqual(signedIn.account);
      expect(me).toMatchObject({ email: email.toLowerCase(), kind: 'merchant', roles: ['merchant'] });
      expect(me.permissions).toEqual(expect.arrayContaining(['recharge:create', 'wallet:read']));
      expect(me.permissions).not.toContain('payment-conflict:read');
    });

    it('in whatever case its address is written, and never with the wrong password', async () => {
      const merchant = await api.registerMerchant();

      const again = await api.signIn(merchant.email.toUpperCase());

      expect(again.id).toBe(merchant.id);
      for (const password of ['', ' ', TEST_PASSWORD.toUpperCase(), `${TEST_PASSWORD} `]) {
        await expect(api.signIn(merchant.email, password)).rejects.toMatchObject({
          status: password === '' ? 400 : 401,
        });
      }
      await lives(merchant);
    });

    it('on several devices: they are listed, and each can be ended by itself', async () => {
      const here = await api.registerMerchant();
      const there = await api.signIn(here.email);

      const sessions = await sessionsOf(here);
      expect(sessions).toHaveLength(2);
      expect(sessions.filter(({ current }) => current)).toHaveLength(1);
      const other = sessions.find(({ current }) => !current);
      await here.call('DELETE', `/v1/auth/sessions/${other?.id}`);

      await expectEnded(there);
      await lives(here);
      expect(await sessionsOf(here)).toHaveLength(1);
    });
  });

  describe('a session goes on', () => {
    it('by its refresh token, which each time brings the next, on whichever gateway', async () => {
      const merchant = await api.registerMerchant();
      let { refreshToken } = merchant.signedIn;
      const used = new Set<string>();
      for (let time = 1; time <= 4; time += 1) {
        used.add(refreshToken);
        const { status, body } = await refresh(refreshToken);
        expect(status).toBe(200);
        await lives(new Account(api, body));
        refreshToken = body.refreshToken;
        expect(used).not.toContain(refreshToken);
      }
      expect(await sessionsOf(merchant)).toHaveLength(1);
    });

    it('until a refresh token is used a second time: then it was stolen, and the session ends everywhere', async () => {
      const merchant = await api.registerMerchant();
      const elsewhere = await api.signIn(merchant.email);
      const stolen = merchant.signedIn.refreshToken;
      const { body: renewed } = await refresh(stolen);

      const { status, body } = await refresh(stolen);

      expect({ status, code: body.code }).toEqual({ status: 401, code: 'REFRESH_TOKEN_REUSED' });
      await expectEnded(merchant);
      await expectEnded(new Account(api, renewed));
      expect((await refresh(renewed.refreshToken)).body.code).toMatch(/SESSION_ENDED|REFRESH_TOKEN_REUSED/);
      await lives(elsewhere);
    });

    it('also when thief and owner refresh at the same moment: nobody keeps two, and the session ends', async () => {
      const merchant = await api.registerMerchant();

      const answers = await Promise.all(
        Array.from({ length: 10 }, () => refresh(merchant.signedIn.refreshToken)),
      );

      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
      expect(
        answers.filter(({ body }) => body.code === 'REFRESH_TOKEN_REUSED').length,
      ).toBeGreaterThanOrEqual(1);
      await expectEnded(merchant);
      for (const { body } of answers.filter(({ status }) => status === 200)) {
        expect((await refresh(body.refreshToken)).status).toBe(401);
      }
    });

    it('not after signing out', async () => {
      const merchant = await api.registerMerchant();
      const elsewhere = await api.signIn(merchant.email);

      expect((await merchant.send('POST', '/v1/auth/logout')).status).toBe(204);

      await expectEnded(merchant);
      expect((await refresh(merchant.signedIn.refreshToken)).body.code).toBe('SESSION_ENDED');
      await lives(elsewhere);
    });

    it('nowhere after signing out everywhere', async () => {
      const merchant = await api.registerMerchant();
      const others = [await api.signIn(merchant.email), await api.signIn(merchant.email)];

      expect(await merchant.call('POST', '/v1/auth/logout-everywhere')).toEqual({ ended: 3 });

      for (const account of [merchant, ...others]) {
        await expectEnded(account);
        expect((await refresh(account.signedIn.refreshToken)).status).toBe(401);
      }
      await lives(await api.signIn(merchant.email));
    });
  });

  describe('somebody who guesses', () => {
    const guess = (email: string, replica: number, password = 'a wrong password') =>
      api.at(replica).send<{ code: string }>('POST', '/v1/auth/login', { body: { email, password } });

    it.each([
      ['an account that there is', async () => (await api.registerMerchant()).email],
      ['an account that there is not', async () => newEmail('nobody')],
    ])('%s is locked out for a while, on both gateways together', async (_what, emailOf) => {
      const email = await emailOf();
      const codes: string[] = [];
      for (let time = 0; time < 7; time += 1) codes.push((await guess(email, time % 2)).body.code);

      expect(codes.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'BAD_CREDENTIALS'));
      expect(codes.slice(5)).toEqual(['SIGN_IN_LOCKED', 'SIGN_IN_LOCKED']);
      const { status, body, headers } = await guess(email, 0, TEST_PASSWORD);
      expect({ status, code: body.code }).toEqual({ status: 429, code: 'SIGN_IN_LOCKED' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });

    it('locks nobody else out, and ends no session', async () => {
      const [victim, neighbour] = [await api.registerMerchant(), await api.registerMerchant()];
      for (let time = 0; time < 6; time += 1) await guess(victim.email, time % 2);

      await lives(victim);
      expect((await api.signIn(neighbour.email)).id).toBe(neighbour.id);
    });

    it('twenty times at once gets no more tries than one after the other', async () => {
      const { email } = await api.registerMerchant();

      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => guess(email, index % 2)));

      expect(answers.filter(({ body }) => body.code === 'BAD_CREDENTIALS')).toHaveLength(5);
      expect(answers.filter(({ body }) => body.code === 'SIGN_IN_LOCKED')).toHaveLength(15);
    });
  });

  describe('an open page', () => {
    it.each<[string, (account: Account) => Promise<unknown>]>([
      ['signs out', (account) => account.at(1).call('POST', '/v1/auth/logout')],
      ['signs out everywhere', (account) => account.at(1).call('POST', '/v1/auth/logout-everywhere')],
      [
        'is robbed of its refresh token',
        async (account) => {
          await refresh(account.signedIn.refreshToken);
          await refresh(account.signedIn.refreshToken);
        },
      ],
    ])('is cut off when its session %s, on another gateway', async (_how, end) => {
      const merchant = await api.registerMerchant();
      const neighbour = await api.registerMerchant();
      const page = await OpenPage.at(stack.urls.gateways[0] ?? '', merchant.token);
      const other = await OpenPage.at(stack.urls.gateways[0] ?? '', neighbour.token);

      await end(merchant);

      await page.untilToldOf(
        'that its session is over',
        ({ closedBecause }) => closedBecause === 'io server disconnect',
      );
      await expect(OpenPage.at(stack.urls.gateways[0] ?? '', merchant.token)).rejects.toThrow(
        'SESSION_ENDED',
      );
      expect(other.closedBecause).toBeUndefined();
      other.close();
    });
  });

  it('every answer that was given here is as the OpenAPI document says', () => {
    expect(openapi.faults).toEqual([]);
  });

  describe('when Redis has forgotten everything', () => {
    let redis: Redis;

    beforeAll(() => {
      redis = new Redis(stack.urls.redis);
    });

    afterAll(() => redis?.disconnect());

    it('living sessions go on, ended ones stay ended, and nobody is asked to sign in again', async () => {
      const [alive, ended] = [await api.registerMerchant(), await api.registerMerchant()];
      await ended.call('POST', '/v1/auth/logout');
      const page = await OpenPage.at(stack.urls.gateway, alive.token);

      await redis.flushall();

      const seen = new Set<string>();
      const answerOf = async (account: Account) => {
        const { status, body } = await account.send<{ code?: string }>('GET', '/v1/me');
        seen.add(`${account.email} ${status}`);
        return { status, code: body.code };
      };
      for (let time = 1; time <= 4; time += 1) {
        await eventually('the living session goes on', async () => (await answerOf(alive)).status === 200, {
          withinMs: 30_000,
        });
        await eventually(
          'the ended one stays ended',
          async () => (await answerOf(ended)).code === 'SESSION_ENDED',
          { withinMs: 30_000 },
        );
      }
      // Not for a moment was one taken for the other.
      expect(seen).not.toContain(`${alive.email} 401`);
      expect(seen).not.toContain(`${ended.email} 200`);
      expect((await refresh(alive.signedIn.refreshToken)).status).toBe(200);
      expect(await page.resume({ afterSeq: 0 })).toMatchObject({ complete: true });
      page.close();
    });

    it('whoever was locked out is still locked out', async () => {
      const { email } = await api.registerMerchant();
      for (let time = 0; time < 6; time += 1)
        await api.signIn(email, 'a wrong password').catch(() => undefined);

      await redis.flushall();

      await eventually(
        'the door answers again',
        () =>
          api.signIn(email).then(
            () => 'let in',
            (refusal: unknown) => (refusal as { code: string }).code === 'SIGN_IN_LOCKED' && 'locked',
          ),
        { withinMs: 30_000 },
      ).then((outcome) => expect(outcome).toBe('locked'));
    });
  });
});
