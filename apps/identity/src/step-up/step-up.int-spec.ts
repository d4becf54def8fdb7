import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt, jwtVerify } from 'jose';
import { identity } from '#libs/contracts';
import { ACCESS_TOKEN, STEP_UP_TOKEN, stepUpTokenClaims } from '#libs/sessions';
import { DEVICE, PASSWORD, startIdentity, type TestIdentity } from '../testing/identity-fixture.js';

const WRONG = 'wrong password';

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let service: TestIdentity;
beforeAll(async () => {
  service = await startIdentity();
});
afterEach(() => service.clock.turnBack());
afterAll(() => service.stop());

/** Somebody who has just signed in, as the gateway knows them. */
async function signedIn(): Promise<identity.Principal & { email: string }> {
  const { account, tokens } = await service.gateway.register();
  const { sid } = decodeJwt<{ sid: string }>(tokens.accessToken);
  const { kind, permissions, email } = account;
  return { accountId: account.id, kind, permissions, email, sessionId: sid };
}

function stepUp(principal: identity.Principal, password = PASSWORD, more: Partial<identity.Principal> = {}) {
  const { accountId, sessionId } = { ...principal, ...more };
  return service.gateway.call(
    identity.stepUp,
    { accountId, sessionId, password, device: DEVICE },
    { principal },
  );
}

describe('showing the password again', () => {
  it('gives a token of five minutes for this session, which is no access token', async () => {
    const ada = await signedIn();
    const { token, expiresAt } = await stepUp(ada);

    const { issuer, audience } = STEP_UP_TOKEN;
    const { payload } = await jwtVerify(token, service.publicKey, { issuer, audience });
    const claims = stepUpTokenClaims.parse(payload);
    expect(claims).toMatchObject({ sub: ada.accountId, sid: ada.sessionId });
    expect(claims.exp - claims.iat).toBe(300);
    expect(expiresAt).toEqual(new Date(claims.exp * 1000));
    await expect(jwtVerify(token, service.publicKey, { audience: ACCESS_TOKEN.audience })).rejects.toThrow(
      'aud',
    );
  });

  it('takes no wrong password, and counts it together with failed sign-ins', async () => {
    const ada = await signedIn();
    for (let i = 0; i < 3; i += 1) {
      await expect(stepUp(ada, WRONG)).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
    }
    for (let i = 0; i < 2; i += 1) {
      await expect(service.gateway.signIn(ada.email, WRONG)).rejects.toMatchObject({
        code: 'BAD_CREDENTIALS',
      });
    }
    const locked = { code: 'SIGN_IN_LOCKED', details: { retryAfterSeconds: expect.any(Number) } };
    await expect(stepUp(ada)).rejects.toMatchObject(locked);
    await expect(service.gateway.signIn(ada.email)).rejects.toMatchObject(locked);

    service.clock.advance(60_000);
    await expect(stepUp(ada)).resolves.toMatchObject({ token: expect.any(String) });
  });

  it('is of no use in a session that has ended, or that is somebody else’s', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    await expect(stepUp(ada, PASSWORD, { sessionId: eve.sessionId })).rejects.toMatchObject({
      code: 'SESSION_ENDED',
    });
    await expect(stepUp(ada, PASSWORD, { accountId: eve.accountId })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const { accountId, sessionId } = ada;
    await service.gateway.call(identity.signOut, { accountId, sessionId }, { principal: ada });
    await expect(stepUp(ada)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
  });
});
