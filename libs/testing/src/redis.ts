import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../../scripts/launcher/ports.mjs';
import { eventually } from './eventually.js';

/** A redis-server of one test file's own: in memory only, on a free port of this machine. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** Ends the server and removes its directory. */
  stop(): Promise<void>;
  /** SIGKILL: all data is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
}

/**
 * Kills the server when the pipe to it closes, which the system does even for a test process that is killed itself:
 * whatever becomes of a test run, its servers do not outlive it.
 */
const LEASH = 'redis-server "$@" & server=$!; cat; kill -9 $server; wait $server';

export async function startTestRedis(): Promise<TestRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'clearbid-redis-'));
  let port = await freePort();
  let server = await launch(port, directory);
  // Between the question and the start another test may have taken the port, and would be flushed by this one's.
  for (; server === undefined; server = await launch(port, directory)) port = await freePort();
  return handleOf(port, directory, server);
}

function handleOf(port: number, directory: string, first: ChildProcess): TestRedis {
  let server = first;

  const kill = async () => {
    await end(server);
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    restart: async () => {
      await kill();
      const next = await launch(port, directory);
      if (!next) throw new Error(`Somebody else has taken port ${port} of a test's redis-server`);
      server = next;
    },
    stop: async () => {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @returns undefined when somebody else's server answers on the port. */
async function launch(port: number, directory: string): Promise<ChildProcess | undefined> {
  const settings = { port, bind: '127.0.0.1', dir: directory, save: '', appendonly: 'no', daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn('sh', ['-c', LEASH, 'redis-server', ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
  const found = await eventually(`redis-server answers on port ${port}`, () => directoryOf(port));
  if (found === (await realpath(directory))) return server;
  await end(server);
  return undefined;
}

/** Which server it is that answers; undefined while none does. */
async function directoryOf(port: number): Promise<string | undefined> {
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return ((await redis.config('GET', 'dir')) as string[])[1];
  } catch {
    return undefined;
  } finally {
    if (redis.status !== 'end') redis.disconnect();
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.stdin?.end();
  await once(server, 'exit');
}
