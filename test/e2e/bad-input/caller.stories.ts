import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import type { Account, Problem } from '#libs/testing';
import { type BadInputWorld, type Expected, ORDER, UNKNOWN_ID } from './bad-input-world.js';

/** Who nobody is, and who may not do what they ask for. */
export function callerStories(world: BadInputWorld): void {
  describe('a token', () => {
    const unauthenticated: Expected = { status: 401, code: 'UNAUTHENTICATED' };
    const order = (headers: Record<string, string>) => () =>
      world.api.send<Problem>('POST', '/v1/recharges', { body: ORDER, headers });

    it.each<[string, Record<string, string>]>([
      ['that is missing', {}],
      ['that is empty', { authorization: '' }],
      ['of another scheme', { authorization: 'Basic bWVyY2hhbnQ6c2VjcmV0' }],
      ['that is garbage', { authorization: 'Bearer garbage' }],
      ['of three parts of garbage', { authorization: 'Bearer aaaa.bbbb.cccc' }],
      ['in a cookie', { cookie: 'token=abc' }],
    ])('%s', async (_name, headers) => {
      const { headers: answered } = await world.expectRefusal(order(headers), unauthenticated);
      expect(answered.get('www-authenticate')).toBe('Bearer');
    });

    it('that has expired', async () => {
      const { body } = await world.expectRefusal(
        order(await bearer({ expiresInSeconds: -1 })),
        unauthenticated,
      );
      expect(body.detail).toContain('expired');
    });

    it('that somebody else has signed', async () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      await world.expectRefusal(order(await bearer({ key: privateKey })), unauthenticated);
    });

    it('that names another issuer, or another audience', async () => {
      await world.expectRefusal(order(await bearer({ issuer: 'somebody' })), unauthenticated);
      await world.expectRefusal(order(await bearer({ audience: 'somebody' })), unauthenticated);
    });

    it('whose content was changed after it was signed', async () => {
      const [header, , signature] = world.merchant.token.split('.');
      const claims = Buffer.from(
        JSON.stringify({ ...claimsOf(world.merchant), sub: world.trafficOwner.id }),
      ).toString('base64url');
      await world.expectRefusal(
        order({ authorization: `Bearer ${header}.${claims}.${signature}` }),
        unauthenticated,
      );
    });

    it('that wants to be believed without a signature', async () => {
      const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url');
      const [, claims] = world.merchant.token.split('.');
      await world.expectRefusal(order({ authorization: `Bearer ${header}.${claims}.` }), unauthenticated);
    });

    it('signed with the public key, as if that were a secret', async () => {
      const publicKey = readFileSync(join(world.stack.dataDir, 'secrets', 'session-public-key.pem'));
      const token = await new SignJWT({ sid: claimsOf(world.merchant).sid })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(world.merchant.id)
        .setIssuer('clearbid')
        .setAudience('clearbid')
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(publicKey);
      await world.expectRefusal(order({ authorization: `Bearer ${token}` }), unauthenticated);
    });

    it('of a session that never was', async () => {
      await world.expectRefusal(order(await bearer({ sid: UNKNOWN_ID })), {
        status: 401,
        code: 'SESSION_ENDED',
      });
    });

    it("of somebody else's session", async () => {
      await world.expectRefusal(
        order(await bearer({ sid: claimsOf(world.trafficOwner).sid })),
        unauthenticated,
      );
    });

    it('made by this test as identity makes them is let in: the refusals above are not for its form', async () => {
      const { status } = await world.api.send('GET', '/v1/me', { headers: await bearer({}) });
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
        sid = claimsOf(world.merchant).sid,
        issuer = 'clearbid',
        audience = 'clearbid',
        expiresInSeconds = 300,
      } = parts;
      const pem = readFileSync(join(world.stack.dataDir, 'secrets', 'session-private-key.pem'));
      const now = Math.floor(Date.now() / 1_000);
      const token = await new SignJWT({ sid })
        .setProtectedHeader({ alg: 'EdDSA', typ: 'JWT' })
        .setSubject(world.merchant.id)
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
      merchant: () => world.merchant,
      trafficOwner: () => world.trafficOwner,
      operator: () => world.operator,
      auditor: () => world.auditor,
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
      const { body: problem } = await world.expectRefusal(
        () => people[who]().send<Problem>(method, path, body),
        {
          status: 403,
          code: 'FORBIDDEN',
        },
      );
      expect(problem.detail).toMatch(/[a-z-]+:[a-z]+/);
    });
  });
}

function claimsOf(account: Account): { sub: string; sid: string } {
  const [, claims = ''] = account.token.split('.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { sub: string; sid: string };
}
