import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { wallet } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { load, medianOf, type LoadFigures } from './load.js';
import { request } from './wallet-answer.js';

export interface RpcBenchOptions {
  /** A Redis that serves nothing else meanwhile. */
  readonly redisUrl: string;
  /** Of both transports together. */
  readonly seconds: number;
}

export interface RpcBenchResult {
  readonly ours: LoadFigures;
  readonly nest: LoadFigures;
  /** Calls a second, ours over Nest's. */
  readonly ratio: number;
}

interface Contender {
  readonly rounds: LoadFigures[];
  readonly call: () => Promise<unknown>;
  close(): Promise<void>;
}

const OUTSTANDING = 64;
const ROUNDS = 5;
const WARM_UP_MS = 1_000;

/**
 * The same request through `libs/transport` and through Nest's own Redis transport: one server process each, this
 * process calling, in turns, so that whatever else the machine does disturbs both.
 */
export async function benchRpc({ redisUrl, seconds }: RpcBenchOptions): Promise<RpcBenchResult> {
  const ours = await startOurs(redisUrl);
  const nest = await startNest(redisUrl);
  const roundMs = (seconds * 1000) / (2 * ROUNDS);
  try {
    for (const { call } of [ours, nest]) await load(call, OUTSTANDING, Math.min(WARM_UP_MS, roundMs));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { call, rounds } of [ours, nest]) rounds.push(await load(call, OUTSTANDING, roundMs));
    }
  } finally {
    await Promise.all([ours.close(), nest.close()]);
  }
  const figures = { ours: medianOf(ours.rounds), nest: medianOf(nest.rounds) };
  return { ...figures, ratio: figures.ours.callsPerSecond / figures.nest.callsPerSecond };
}

async function startOurs(redisUrl: string): Promise<Contender> {
  const server = await startServer('our-server', redisUrl);
  const client = new RpcClient({ redis: redisUrl });
  await client.connect();
  return {
    rounds: [],
    call: () => client.call(wallet.getWallet, request),
    close: async () => {
      await client.close();
      await end(server);
    },
  };
}

async function startNest(redisUrl: string): Promise<Contender> {
  const server = await startServer('nest-server', redisUrl);
  const { hostname, port } = new URL(redisUrl);
  const client = ClientProxyFactory.create({
    transport: Transport.REDIS,
    options: { host: hostname, port: Number(port) },
  });
  await client.connect();
  return {
    rounds: [],
    call: () => lastValueFrom(client.send(wallet.getWallet.pattern, request)),
    close: async () => {
      await client.close();
      await end(server);
    },
  };
}

async function startServer(name: string, redisUrl: string): Promise<ChildProcess> {
  const server = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [redisUrl]);
  const ended = once(server, 'exit').then(([code]) => {
    throw new Error(`${name} ended with ${code} before it was ready`);
  });
  await Promise.race([once(server, 'message'), ended]);
  ended.catch(() => undefined);
  return server;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}
