import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HealthServer } from './health-server.js';
import { Health } from './health.js';
import { Metrics } from './metrics.js';

let up: boolean;
let server: HealthServer;
let url: string;
const metrics = new Metrics('wallet', 'wallet-1');
const health = new Health();

beforeAll(async () => {
  health.register('mysql', async () => {
    if (!up) throw new Error("can't be reached");
  });
  server = new HealthServer(health, metrics);
  url = await server.listen('127.0.0.1', 0);
});
afterAll(() => server.close());
beforeEach(() => {
  up = true;
});

const get = async (path: string) => {
  const response = await fetch(`${url}${path}`);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

describe('the health of a service over HTTP', () => {
  it('is live as long as it answers, whatever it lacks', async () => {
    up = false;
    expect(await get('/health/live')).toEqual({
      status: 200,
      type: 'application/json',
      text: '{"live":true}',
    });
  });

  it('is ready, or 503 with what is missing', async () => {
    expect(await get('/health/ready')).toMatchObject({ status: 200, type: 'application/json' });
    up = false;
    const { status, text } = await get('/health/ready');
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({
      ready: false,
      checks: [{ name: 'mysql', ok: false, reason: "can't be reached" }],
    });
  });

  it('shows its metrics to Prometheus, each with the name of the service and of the replica', async () => {
    metrics.counter('stories_total', 'Stories told', ['kind']).inc({ kind: 'short' }, 3);
    metrics.durations('telling', 'How long they took').observe(0.015);
    const { status, type, text } = await get('/metrics');
    expect(status).toBe(200);
    expect(type).toContain('text/plain');
    expect(text).toMatch(/^clearbid_stories_total\{kind="short",service="wallet",replica="wallet-1"\} 3$/m);
    expect(text).toMatch(/^clearbid_telling_seconds_bucket\{le="0.02",.*\} 1$/m);
    expect(text).toMatch(/^process_cpu_seconds_total\{/m);
  });

  it.each(['/', '/health', '/health/ready/', '/metricsx'])('is nothing else: %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('is gone when it is closed, also for whoever keeps a connection open', async () => {
    const other = new HealthServer(health, metrics);
    const address = await other.listen('127.0.0.1', 0);
    await (await fetch(`${address}/health/live`)).text();
    await other.close();
    await expect(fetch(`${address}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('says so when its port is taken', async () => {
    const { port } = new URL(url);
    await expect(new HealthServer(health, metrics).listen('127.0.0.1', Number(port))).rejects.toThrow(
      'EADDRINUSE',
    );
  });
});
