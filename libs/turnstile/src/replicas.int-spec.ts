import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transform } from '@swc/core';
import { eventually, startTestRedis } from '#libs/testing';

const SOURCE = join(process.cwd(), 'libs/turnstile/src');
let redis: Awaited<ReturnType<typeof startTestRedis>>;
let directory: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  directory = await mkdtemp(join(tmpdir(), 'clearbid-turnstile-'));
  await compileInto(directory);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await redis.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A process that can be killed has to be a real one, which runs JavaScript. */
async function compileInto(folder: string): Promise<void> {
  await mkdir(join(folder, 'testing'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  const files = (await readdir(SOURCE, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('spec.ts'),
  );
  for (const file of files) {
    const { code } = await transform(await readFile(join(SOURCE, file), 'utf8'), {
      swcrc: false,
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    });
    await writeFile(join(folder, file.replace(/\.ts$/, '.js')), code);
  }
}

/** Counts arrivals; answers a little later, as somebody far away does. */
async function startCounter() {
  const arrivals: { at: number; path: string }[] = [];
  const server = createServer((incoming, outgoing) => {
    arrivals.push({ at: performance.now(), path: incoming.url ?? '' });
    setTimeout(() => outgoing.end('ok'), 30);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port');
  return { arrivals, url: `http://127.0.0.1:${address.port}`, stop: () => server.close() };
}

describe('three replicas, one of which is killed', () => {
  it('keep to the rate in every second, go on at once, and lose nobody of the living', async () => {
    const counter = await startCounter();
    const replicas = Array.from({ length: 3 }, () => {
      const child = spawn(
        process.execPath,
        [join(directory, 'testing/replica-process.js'), redis.url, counter.url, '100'],
        { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env['PATH'] } },
      );
      children.push(child);
      return { child, pid: child.pid, ended: once(child, 'exit') };
    });
    const [killed, ...living] = replicas;
    await eventually('the line moves', () => counter.arrivals.length >= 100, { withinMs: 20_000 });
    const killedAt = performance.now();
    killed?.child.kill('SIGKILL');
    for (const { ended } of living) expect(await ended).toEqual([0, null]);
    counter.stop();

    const times = counter.arrivals.map(({ at }) => at);
    const busiest = Math.max(
      ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length),
    );
    expect(busiest).toBeLessThanOrEqual(50);
    for (const { pid } of living) {
      const paths = counter.arrivals
        .map(({ path }) => path)
        .filter((path) => path.startsWith(`/${String(pid)}/`));
      expect(paths).toHaveLength(100);
      expect(new Set(paths).size).toBe(100);
    }
    const after = [killedAt, ...times.filter((at) => at > killedAt)];
    const longestPause = Math.max(...after.slice(1).map((at, index) => at - (after[index] ?? at)));
    expect(longestPause).toBeLessThan(2_500);
  });
});
