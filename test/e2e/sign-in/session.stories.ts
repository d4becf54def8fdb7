import { describe, expect, it } from '@jest/globals';
import { Account, newEmail, type SignedIn, TEST_PASSWORD } from '#libs/testing';
import type { SignInWorld } from './sign-in-world.js';

/** How a session begins, goes on and ends. */
export function sessionStories(world: SignInWorld): void {
  describe('with an account', () => {
    it('that was just registered: it is signed in, on every gateway, and may do what merchants may', async () => {
      const email = newEmail('Anna');

      const { signedIn } = await world.api.register('merchant', email);

      const anna = new Account(world.api, signedIn);
      await world.expectLives(anna);
      const me = await anna.call<SignedIn['account']>('GET', '/v1/me');
      expect(me).toEqual(signedIn.account);
      expect(me).toMatchObject({ email: email.toLowerCase(), kind: 'merchant', roles: ['merchant'] });
      expect(me.permissions).toEqual(expect.arrayContaining(['recharge:create', 'wallet:read']));
      expect(me.permissions).not.toContain('payment-conflict:read');
    });

    it('in whatever case its address is written, and never with the wrong password', async () => {
      const merchant = await world.api.registerMerchant();

      const again = await world.api.signIn(merchant.email.toUpperCase());

      expect(again.id).toBe(merchant.id);
      for (const password of ['', ' ', TEST_PASSWORD.toUpperCase(), `${TEST_PASSWORD} `]) {
        await expect(world.api.signIn(merchant.email, password)).rejects.toMatchObject({
          status: password === '' ? 400 : 401,
        });
      }
      await world.expectLives(merchant);
    });

    it('on several devices: they are listed, and each can be ended by itself', async () => {
      const here = await world.api.registerMerchant();
      const there = await world.api.signIn(here.email);

      const sessions = await world.sessionsOf(here);
      expect(sessions).toHaveLength(2);
      expect(sessions.filter(({ current }) => current)).toHaveLength(1);
      const other = sessions.find(({ current }) => !current);
      await here.call('DELETE', `/v1/auth/sessions/${other?.id}`);

      await world.expectEnded(there);
      await world.expectLives(here);
      expect(await world.sessionsOf(here)).toHaveLength(1);
    });
  });

  describe('a session goes on', () => {
    it('by its refresh token, which each time brings the next, on whichever gateway', async () => {
      const merchant = await world.api.registerMerchant();
      let { refreshToken } = merchant.signedIn;
      const used = new Set<string>();
      for (let time = 1; time <= 4; time += 1) {
        used.add(refreshToken);
        const { status, body } = await world.refresh(refreshToken);
        expect(status).toBe(200);
        await world.expectLives(new Account(world.api, body));
        refreshToken = body.refreshToken;
        expect(used).not.toContain(refreshToken);
      }
      expect(await world.sessionsOf(merchant)).toHaveLength(1);
    });

    it('until a refresh token is used a second time: then it was stolen, and the session ends everywhere', async () => {
      const merchant = await world.api.registerMerchant();
      const elsewhere = await world.api.signIn(merchant.email);
      const stolen = merchant.signedIn.refreshToken;
      const { body: renewed } = await world.refresh(stolen);

      const { status, body } = await world.refresh(stolen);

      expect({ status, code: body.code }).toEqual({ status: 401, code: 'REFRESH_TOKEN_REUSED' });
      await world.expectEnded(merchant);
      await world.expectEnded(new Account(world.api, renewed));
      expect((await world.refresh(renewed.refreshToken)).body.code).toMatch(
        /SESSION_ENDED|REFRESH_TOKEN_REUSED/,
      );
      await world.expectLives(elsewhere);
    });

    it('also when thief and owner refresh at the same moment: nobody keeps two, and the session ends', async () => {
      const merchant = await world.api.registerMerchant();

      const answers = await Promise.all(
        Array.from({ length: 10 }, () => world.refresh(merchant.signedIn.refreshToken)),
      );

      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
      expect(
        answers.filter(({ body }) => body.code === 'REFRESH_TOKEN_REUSED').length,
      ).toBeGreaterThanOrEqual(1);
      await world.expectEnded(merchant);
      for (const { body } of answers.filter(({ status }) => status === 200)) {
        expect((await world.refresh(body.refreshToken)).status).toBe(401);
      }
    });

    it('not after signing out', async () => {
      const merchant = await world.api.registerMerchant();
      const elsewhere = await world.api.signIn(merchant.email);

      expect((await merchant.send('POST', '/v1/auth/logout')).status).toBe(204);

      await world.expectEnded(merchant);
      expect((await world.refresh(merchant.signedIn.refreshToken)).body.code).toBe('SESSION_ENDED');
      await world.expectLives(elsewhere);
    });

    it('nowhere after signing out everywhere', async () => {
      const merchant = await world.api.registerMerchant();
      const others = [await world.api.signIn(merchant.email), await world.api.signIn(merchant.email)];

      expect(await merchant.call('POST', '/v1/auth/logout-everywhere')).toEqual({ ended: 3 });

      for (const account of [merchant, ...others]) {
        await world.expectEnded(account);
        expect((await world.refresh(account.signedIn.refreshToken)).status).toBe(401);
      }
      await world.expectLives(await world.api.signIn(merchant.email));
    });
  });
}
