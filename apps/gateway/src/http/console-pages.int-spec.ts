import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestEdge, type TestEdge } from '../testing/test-edge.js';

const PAGE = '<!doctype html><title>Clearbid</title>';

describe('the console', () => {
  let edge: TestEdge;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clearbid-console-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), PAGE);
    await writeFile(join(folder, 'assets', 'index-B4x2.js'), 'export {};');
    edge = await startTestEdge({ CONSOLE_DIR: folder, PUBLIC_URL: 'https://pay.example.com' });
  });
  afterAll(async () => {
    await edge.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const get = (path: string, accept = 'text/html,application/xhtml+xml') =>
    fetch(edge.url + path, { headers: { accept } });

  it.each(['/', '/recharges/1077389205120450560', '/sign-in?next=%2Fwallet'])(
    'opens at %s, and is asked for anew each time',
    async (path) => {
      const answer = await get(path);

      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe(PAGE);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('gives its assets for ever', async () => {
    const answer = await get('/assets/index-B4x2.js', '*/*');

    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
  });

  it('is no answer to a wrong address of the API, nor to a program, nor to a missing asset', async () => {
    const answers = await Promise.all([
      get('/v1/nothing'),
      get('/recharges/1', 'application/json'),
      get('/assets/index-old.js', '*/*'),
      fetch(`${edge.url}/recharges`, { method: 'POST', headers: { accept: 'text/html' } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual(
      answers.map(() => expect.stringMatching(/^application\/problem\+json/)),
    );
  });

  it('can not be left through its folder', async () => {
    for (const path of [
      '/../package.json',
      '/..%2f..%2fetc%2fpasswd',
      '/assets/%2e%2e/%2e%2e/package.json',
    ]) {
      expect(await (await get(path, '*/*')).text()).not.toMatch(/"dependencies"|root:/);
    }
  });

  it('runs only scripts of its own, in no frame, and over https from then on', async () => {
    const { headers } = await get('/');

    expect(headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
    expect(headers.get('content-security-policy')).toMatch(/connect-src 'self' wss:\/\/pay\.example\.com/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toMatch(/max-age=31536000/);
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('stands beside the API’s own page', async () => {
    const page = await get('/docs');
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/swagger-ui/);
  });
});
