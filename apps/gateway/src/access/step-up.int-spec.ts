import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DomainError, identity } from '#libs/contracts';
import { STEP_UP_TOKEN } from '#libs/sessions';
import type { ExecutionContext } from '@nestjs/common';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import { endpoint, type InputOf } from '../endpoint/endpoint.js';
import { GatewayConfig } from '../gateway.config.js';
import { callApi } from '../testing/api-caller.js';
import { aMerchant, someId } from '../testing/people.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';
import { AccessGuard } from './access.guard.js';
import { AccessTokens } from './access-tokens.js';
import { Authenticator } from './authenticator.js';
import { RateLimits } from './rate-limits.js';
import { StepUpTokens } from './step-up-tokens.js';

const till = endpoint({ permission: 'wallet:read', summary: 'Open the till', stepUp: true });

class Till {
  @Endpoint(till)
  async open({ principal }: InputOf<typeof till>): Promise<void> {
    await Promise.resolve(principal);
  }
}

describe('what needs the password once more', () => {
  let edge: TestEdge;
  let service: PlainService;
  let guard: AccessGuard;

  beforeAll(async () => {
    edge = await startTestEdge();
    service = new PlainService('identity', edge.redisServer.url).answer(
      identity.stepUp,
      async ({ accountId, sessionId, password }) => {
        if (password !== 'correct horse') throw new DomainError('BAD_CREDENTIALS', 'The password is wrong');
        const claims = { sub: accountId, sid: sessionId, aud: STEP_UP_TOKEN.audience };
        return { token: await edge.token(claims), expiresAt: new Date('2026-11-20T08:30:00.000Z') };
      },
    );
    await service.start();
    const { app } = edge;
    guard = new AccessGuard(
      app.get(RateLimits),
      app.get(AccessTokens),
      app.get(Authenticator),
      app.get(StepUpTokens),
      app.get(GatewayConfig),
    );
  });
  afterAll(async () => {
    await service.stop();
    await edge.stop();
  });

  /** The guard of the running gateway before a route that wants the password. @returns the refusal's code, or `in`. */
  async function enter(token: string, stepUpToken?: string): Promise<string> {
    const request = {
      ip: '203.0.113.7',
      id: 'step-up-test',
      headers: {
        authorization: `Bearer ${token}`,
        ...(stepUpToken && { [STEP_UP_TOKEN.header]: stepUpToken }),
      },
    };
    const context = {
      getHandler: () => Till.prototype.open,
      switchToHttp: () => ({ getRequest: () => request }),
    };
    try {
      return (await guard.canActivate(context as unknown as ExecutionContext)) ? 'in' : 'out';
    } catch (error) {
      return DomainError.is(error) ? error.code : String(error);
    }
  }

  const stepUp = (token: string, password: string) =>
    callApi(edge.url, 'POST /v1/auth/step-up', { token, body: { password } });

  it('opens with the token that the password gives, in this session only', async () => {
    const ada = aMerchant();
    const token = await edge.signIn(ada);
    expect(await enter(token)).toBe('STEP_UP_REQUIRED');
    expect(await stepUp(token, 'wrong')).toMatchObject({ status: 401, body: { code: 'BAD_CREDENTIALS' } });

    const shown = await stepUp(token, 'correct horse');
    expect(shown).toMatchObject({ status: 200, body: { expiresAt: '2026-11-20T08:30:00.000Z' } });
    const { token: stepUpToken } = shown.body as { token: string };
    expect(service.received.at(-1)?.request).toMatchObject({
      accountId: ada.accountId,
      sessionId: ada.sessionId,
      device: { address: '127.0.0.1' },
    });
    expect(await enter(token, stepUpToken)).toBe('in');

    const elsewhere = await edge.signIn({ ...ada, sessionId: someId() });
    expect(await enter(elsewhere, stepUpToken)).toBe('STEP_UP_REQUIRED');
    await edge.sessions.end(ada.sessionId);
    expect(await enter(token, stepUpToken)).toBe('SESSION_ENDED');
  });

  it('stays shut for any other token', async () => {
    const ada = aMerchant();
    const token = await edge.signIn(ada);
    const { accountId: sub, sessionId: sid } = ada;
    const { audience: aud } = STEP_UP_TOKEN;
    const tokens = {
      'an access token': token,
      'of another account': await edge.token({ sub: someId(), sid, aud }),
      expired: await edge.token({ sub, sid, aud }, -1_000),
      'by another issuer': await edge.token({ sub, sid, aud, iss: 'elsewhere' }),
      'no token': 'password',
    };
    const answers = await Promise.all(
      Object.entries(tokens).map(async ([what, other]) => [what, await enter(token, other)]),
    );
    expect(answers).toEqual(Object.keys(tokens).map((what) => [what, 'STEP_UP_REQUIRED']));
    expect(await enter(token, await edge.token({ sub, sid, aud }))).toBe('in');
  });

  it('gives a token that signs nobody in', async () => {
    const { accountId: sub, sessionId: sid } = aMerchant();
    await edge.signIn(aMerchant({ accountId: sub, sessionId: sid }));
    const token = await edge.token({ sub, sid, aud: STEP_UP_TOKEN.audience });
    expect(await callApi(edge.url, 'GET /v1/wallet', { token })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
    expect(await enter(token, token)).toBe('UNAUTHENTICATED');
  });
});
