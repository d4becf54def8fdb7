import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import { aMerchant, someId } from '../testing/people.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';
import { declaredRoutes, type DeclaredRoute } from './declared-routes.js';

const PUBLIC_ROUTES = [
  'POST /v1/auth/register',
  'POST /v1/auth/login',
  'POST /v1/auth/refresh',
  'POST /v1/notify/alipay',
  'POST /v1/notify/wechat',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
];

describe('the door of every route', () => {
  let edge: TestEdge;
  let routes: DeclaredRoute[];

  beforeAll(async () => {
    edge = await startTestEdge();
    routes = declaredRoutes(edge.app.get(ModulesContainer));
  });
  afterAll(() => edge.stop());

  const nameOf = ({ method, path }: DeclaredRoute) => `${method} ${path}`;
  const guarded = () => routes.filter(({ definition }) => definition.parts.permission !== 'public');
  const ask = ({ method, path }: DeclaredRoute, token?: string) =>
    fetch(edge.url + path.replaceAll(/:\w+/g, someId()), {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });

  it('is open to anybody only where we mean it', () => {
    const open = routes.filter(({ definition }) => definition.parts.permission === 'public').map(nameOf);
    expect(open.sort()).toEqual([...PUBLIC_ROUTES].sort());
    expect(guarded().length).toBeGreaterThan(10);
  });

  it('stays shut without a token', async () => {
    const answers = await Promise.all(
      guarded().map(async (route) => `${nameOf(route)} ${(await ask(route)).status}`),
    );
    expect(answers).toEqual(guarded().map((route) => `${nameOf(route)} 401`));
  });

  it('stays shut for a session that has every permission but the one', async () => {
    const every = guarded().map(({ definition }) => definition.parts.permission);
    const answers = await Promise.all(
      guarded().map(async (route) => {
        const permissions = every.filter(
          (permission) => permission !== 'public' && permission !== route.definition.parts.permission,
        );
        const token = await edge.signIn(aMerchant({ permissions: [...new Set(permissions)] as never }));
        return `${nameOf(route)} ${(await ask(route, token)).status}`;
      }),
    );
    expect(answers).toEqual(guarded().map((route) => `${nameOf(route)} 403`));
  });

  it('walks what Fastify really serves', () => {
    const http = edge.app.getHttpAdapter().getInstance();
    const missing = routes.filter(({ method, path }) => !http.hasRoute({ method, url: path }));
    expect(missing).toEqual([]);
  });
});
