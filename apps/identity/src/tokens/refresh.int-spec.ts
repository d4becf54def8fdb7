import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { decodeJwt } from 'jose';
import { identity } from '#libs/contracts';
import { accessTokenClaims } from '#libs/sessions';
import { newRequestId } from '#libs/transport';
import { startIdentity, type TestIdentity } from '../testing/identity-fixture.js';
import { newRefreshToken } from './refresh-token.js';

const DAY_MS = 86_400_000;

// Generous for a busy machine; nothing here waits for time to pass.
jest.setTimeout(60_000);

let service: TestIdentity;

beforeAll(async () => {
  service = await startIdentity();
});

afterEach(() => service.clock.turnBack());

afterAll(() => service.stop());

function sessionOf({ accessToken }: identity.Tokens): string {
  return accessTokenClaims.parse(decodeJwt(accessToken)).sid;
}

async function endReason(sessionId: string): Promise<string | null | undefined> {
  const [row] = await service.database.query<{ end_reason: string | null }>(
    'SELECT `end_reason` FROM `session` WHERE `id` = ?',
    [sessionId],
  );
  return row?.end_reason;
}

describe('refreshing', () => {
  it('gives a new access token and the next refresh token of the same session, again and again', async () => {
    const { account, tokens } = await service.gateway.register();
    const seen = new Set([tokens.refreshToken]);
    let refreshToken = tokens.refreshToken;
    for (let i = 0; i < 5; i += 1) {
      const next = await service.gateway.refresh(refreshToken);
      expect(next.account).toEqual(account);
      expect(sessionOf(next.tokens)).toBe(sessionOf(tokens));
      refreshToken = next.tokens.refreshToken;
      seen.add(refreshToken);
    }
    expect(seen.size).toBe(6);
  });

  it('ends the session when a token is used a second time, for its newest token as well', async () => {
    const { tokens } = await service.gateway.register();
    const next = await service.gateway.refresh(tokens.refreshToken);
    await expect(service.gateway.refresh(tokens.refreshToken)).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_REUSED',
    });
    const sessionId = sessionOf(tokens);
    expect(await endReason(sessionId)).toBe('refresh_token_reused');
    expect(await service.store.get(sessionId)).toBe('ended');
    await expect(service.gateway.refresh(next.tokens.refreshToken)).rejects.toMatchObject({
      code: 'SESSION_ENDED',
    });
    await expect(service.gateway.call(identity.resolveSession, { sessionId })).rejects.toMatchObject({
      code: 'SESSION_ENDED',
    });
  });

  it('lets one of twenty parallel refreshes with one token succeed, and ends the session', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { tokens } = await service.gateway.register();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => service.gateway.refresh(tokens.refreshToken)),
      );
      const [success, ...more] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
      expect(more).toHaveLength(0);
      const refusals = outcomes.flatMap((outcome) => {
        return outcome.status === 'rejected' ? [(outcome.reason as { code: string }).code] : [];
      });
      // Whoever comes after the session was ended hears that.
      expect(refusals).toContain('REFRESH_TOKEN_REUSED');
      expect(['REFRESH_TOKEN_REUSED', 'SESSION_ENDED']).toEqual(
        expect.arrayContaining([...new Set(refusals)]),
      );
      const sessionId = sessionOf(tokens);
      expect(await endReason(sessionId)).toBe('refresh_token_reused');
      expect(await service.store.get(sessionId)).toBe('ended');
      await expect(service.gateway.refresh(success?.value.tokens.refreshToken ?? '')).rejects.toMatchObject({
        code: 'SESSION_ENDED',
      });
    }
  });

  it('gives the same answer to the same request delivered twice, by two replicas at once', async () => {
    const { tokens } = await service.gateway.register();
    const requestId = newRequestId();
    const [one, two] = await Promise.all([
      service.gateway.refresh(tokens.refreshToken, { requestId }),
      service.gateway.refresh(tokens.refreshToken, { requestId }),
    ]);
    const again = await service.gateway.refresh(tokens.refreshToken, { requestId });
    expect(two.tokens.refreshToken).toBe(one.tokens.refreshToken);
    expect(again.tokens.refreshToken).toBe(one.tokens.refreshToken);
    await service.gateway.refresh(one.tokens.refreshToken);
    expect(await endReason(sessionOf(tokens))).toBeNull();
  });

  it('does not take a request for a repetition when half a minute has passed', async () => {
    const { tokens } = await service.gateway.register();
    const requestId = newRequestId();
    await service.gateway.refresh(tokens.refreshToken, { requestId });
    service.clock.advance(31_000);
    await expect(service.gateway.refresh(tokens.refreshToken, { requestId })).rejects.toMatchObject({
      code: 'REFRESH_TOKEN_REUSED',
    });
  });

  it('ends after thirty days without use', async () => {
    const { tokens } = await service.gateway.register();
    service.clock.advance(29 * DAY_MS);
    const next = await service.gateway.refresh(tokens.refreshToken);
    service.clock.advance(29 * DAY_MS);
    const last = await service.gateway.refresh(next.tokens.refreshToken);
    service.clock.advance(30 * DAY_MS);
    await expect(service.gateway.refresh(last.tokens.refreshToken)).rejects.toMatchObject({
      code: 'SESSION_ENDED',
    });
  });

  it('ends after ninety days, however much it is used', async () => {
    const { tokens } = await service.gateway.register();
    const signedInAt = Date.now();
    let { refreshToken } = tokens;
    for (const days of [25, 25, 25, 14]) {
      service.clock.advance(days * DAY_MS);
      const next = await service.gateway.refresh(refreshToken);
      refreshToken = next.tokens.refreshToken;
      expect(next.tokens.refreshTokenExpiresAt.getTime()).toBeLessThanOrEqual(signedInAt + 90 * DAY_MS);
    }
    service.clock.advance(DAY_MS);
    await expect(service.gateway.refresh(refreshToken)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
  });

  it('knows nothing of tokens that were never issued', async () => {
    for (const token of [newRefreshToken().token, 'x', "' OR 1=1 --"]) {
      await expect(service.gateway.refresh(token)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    }
  });

  it('is over for a suspended account, and leaves its token unused', async () => {
    const { account, tokens } = await service.gateway.register();
    const setState = (state: string) =>
      service.database.write('UPDATE `account` SET `state` = ? WHERE `id` = ?', [state, account.id]);
    await setState('SUSPENDED');
    await expect(service.gateway.refresh(tokens.refreshToken)).rejects.toMatchObject({
      code: 'SESSION_ENDED',
    });
    await setState('ACTIVE');
    await service.gateway.refresh(tokens.refreshToken);
  });
});
