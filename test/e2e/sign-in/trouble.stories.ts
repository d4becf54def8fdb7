import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { type Account, eventually, newEmail, TEST_PASSWORD } from '#libs/testing';
import { OpenPage } from '../support/open-page.js';
import type { SignInWorld } from './sign-in-world.js';

/** Whom it keeps out, and whom it cuts off. */
export function keptOutStories(world: SignInWorld): void {
  describe('somebody who guesses', () => {
    const guess = (email: string, replica: number, password = 'a wrong password') =>
      world.api.at(replica).send<{ code: string }>('POST', '/v1/auth/login', { body: { email, password } });

    it.each([
      ['an account that there is', async () => (await world.api.registerMerchant()).email],
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
      const [victim, neighbour] = [await world.api.registerMerchant(), await world.api.registerMerchant()];
      for (let time = 0; time < 6; time += 1) await guess(victim.email, time % 2);

      await world.expectLives(victim);
      expect((await world.api.signIn(neighbour.email)).id).toBe(neighbour.id);
    });

    it('twenty times at once gets no more tries than one after the other', async () => {
      const { email } = await world.api.registerMerchant();

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
          await world.refresh(account.signedIn.refreshToken);
          await world.refresh(account.signedIn.refreshToken);
        },
      ],
    ])('is cut off when its session %s, on another gateway', async (_how, end) => {
      const merchant = await world.api.registerMerchant();
      const neighbour = await world.api.registerMerchant();
      const page = await OpenPage.at(world.stack.urls.gateways[0] ?? '', merchant.token);
      const other = await OpenPage.at(world.stack.urls.gateways[0] ?? '', neighbour.token);

      await end(merchant);

      await page.untilToldOf(
        'that its session is over',
        ({ closedBecause }) => closedBecause === 'io server disconnect',
      );
      await expect(OpenPage.at(world.stack.urls.gateways[0] ?? '', merchant.token)).rejects.toThrow(
        'SESSION_ENDED',
      );
      expect(other.closedBecause).toBeUndefined();
      other.close();
    });
  });
}

/** Takes everything out of Redis: nothing else may go on meanwhile. */
export function forgottenStories(world: SignInWorld): void {
  describe('when Redis has forgotten everything', () => {
    let redis: Redis;

    beforeAll(() => {
      redis = new Redis(world.stack.urls.redis);
    });

    afterAll(() => redis?.disconnect());

    it('living sessions go on, ended ones stay ended, and nobody is asked to sign in again', async () => {
      const [alive, ended] = [await world.api.registerMerchant(), await world.api.registerMerchant()];
      await ended.call('POST', '/v1/auth/logout');
      const page = await OpenPage.at(world.stack.urls.gateway, alive.token);

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
      expect((await world.refresh(alive.signedIn.refreshToken)).status).toBe(200);
      expect(await page.resume({ afterSeq: 0 })).toMatchObject({ complete: true });
      page.close();
    });

    it('whoever was locked out is still locked out', async () => {
      const { email } = await world.api.registerMerchant();
      for (let time = 0; time < 6; time += 1)
        await world.api.signIn(email, 'a wrong password').catch(() => undefined);

      await redis.flushall();

      await eventually(
        'the door answers again',
        () =>
          world.api.signIn(email).then(
            () => 'let in',
            (refusal: unknown) => (refusal as { code: string }).code === 'SIGN_IN_LOCKED' && 'locked',
          ),
        { withinMs: 30_000 },
      ).then((outcome) => expect(outcome).toBe('locked'));
    });
  });
}
