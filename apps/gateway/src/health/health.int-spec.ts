import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { identity, payment, wallet, withdrawal } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { callApi } from '../testing/api-caller.js';
import { PlainService } from '../testing/plain-service.js';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

describe('the health of the gateway', () => {
  let edge: TestEdge;
  let walletService: PlainService;
  let others: PlainService[];

  beforeAll(async () => {
    edge = await startTestEdge();
    const { url } = edge.redisServer;
    others = [
      new PlainService('identity', url).answer(identity.ping, async () => ({})),
      new PlainService('payment', url).answer(payment.ping, async () => ({})),
      new PlainService('withdrawal', url).answer(withdrawal.ping, async () => ({})),
    ];
    walletService = new PlainService('wallet', url).answer(wallet.ping, async () => ({}));
    await Promise.all(others.map((service) => service.start()));
  });
  afterAll(async () => {
    await Promise.all([walletService, ...others].map((service) => service.stop()));
    await edge.stop();
  });

  const ready = () => callApi(edge.url, 'GET /health/ready');

  it('is alive whatever is missing, and ready only when every service answers', async () => {
    expect(await callApi(edge.url, 'GET /health/live')).toMatchObject({ status: 200, body: { live: true } });

    const early = await ready();
    expect(early).toMatchObject({
      status: 503,
      body: {
        ready: false,
        checks: expect.arrayContaining([
          { name: 'redis', ok: true },
          { name: 'identity', ok: true },
          { name: 'payment', ok: true },
          { name: 'wallet', ok: false, reason: expect.any(String) },
        ]),
      },
    });

    await walletService.start();
    await eventually('the gateway is ready', async () => (await ready()).status === 200);
  });

  it('shows what it does to Prometheus, by route and never by id', async () => {
    await callApi(edge.url, 'GET /v1/recharges/1077389205120450560');
    const { body, headers } = await callApi(edge.url, 'GET /metrics');

    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(body).toMatch(
      /clearbid_http_request_seconds_count\{[^}]*route="\/v1\/recharges\/:id"[^}]*status="401"/,
    );
    expect(body).not.toContain('1077389205120450560');
  });
});
