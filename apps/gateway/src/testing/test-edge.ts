import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identity } from '#libs/contracts';
import { Health, loadConfig, Log, Metrics } from '#libs/service';
import { ACCESS_TOKEN, SessionStore, STEP_UP_TOKEN } from '#libs/sessions';
import { startTestRedis, type TestRedis } from '#libs/testing';
import { EventPublisher } from '#libs/transport';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import { importPKCS8, SignJWT, type CryptoKey } from 'jose';
import { createGateway, startGateway } from '../create-gateway.js';
import { gatewayEnvironment } from '../gateway.config.js';

const A_DAY_MS = 86_400_000;

/** A running gateway with a Redis of its own; the services behind it are up to each test. */
export interface TestEdge {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly redis: Redis;
  readonly redisServer: TestRedis;
  readonly sessions: SessionStore;
  readonly events: EventPublisher;
  /** A live session of an account with these permissions, and its access token. */
  signIn(principal: identity.Principal): Promise<string>;
  /** An access token signed by identity's key, whether or not there is a session. */
  token(claims: { sub: string; sid: string; [claim: string]: unknown }, lifeMs?: number): Promise<string>;
  /** What identity gives whoever shows the password again in this session. */
  stepUp(principal: identity.Principal): Promise<string>;
  /** Starts one more replica of the gateway. */
  replica(name: string): Promise<{ url: string; app: NestFastifyApplication }>;
  stop(): Promise<void>;
}

export async function startTestEdge(environment: Record<string, string> = {}): Promise<TestEdge> {
  const redisServer = await startTestRedis();
  const folder = await mkdtemp(join(tmpdir(), 'clearbid-gateway-'));
  const keys = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const keyFile = join(folder, 'session-public-key.pem');
  await writeFile(keyFile, keys.publicKey);
  const privateKey = await importPKCS8(keys.privateKey, ACCESS_TOKEN.algorithm);
  const redis = new Redis(redisServer.url, { maxRetriesPerRequest: null });
  redis.on('error', () => undefined);
  const sessions = new SessionStore(redis);
  const log = Log.create('test', 'test', 'silent');
  const events = new EventPublisher({ redis: redisServer.url, logger: log });
  await events.connect();
  const running: NestFastifyApplication[] = [];

  const replica = async (name: string) => {
    const settings = loadConfig('gateway', gatewayEnvironment, {
      PORT: '0',
      REDIS_URL: redisServer.url,
      SESSION_PUBLIC_KEY_FILE: keyFile,
      CONSOLE_DIR: join(folder, 'no-console'),
      LOG_LEVEL: 'silent',
      ...environment,
    });
    const app = await createGateway({
      environment: settings,
      replica: name,
      log: Log.create('gateway', name, settings.LOG_LEVEL),
      metrics: new Metrics('gateway', name),
      health: new Health(),
    });
    running.push(app);
    return { app, url: await startGateway(app, settings) };
  };

  const first = await replica('gateway-1');
  return {
    ...first,
    redis,
    redisServer,
    sessions,
    events,
    replica,
    token: (claims, lifeMs = ACCESS_TOKEN.lifeMs) => signToken(privateKey, claims, lifeMs),
    async signIn(principal) {
      await sessions.put(principal, new Date(Date.now() + A_DAY_MS));
      return signToken(
        privateKey,
        { sub: principal.accountId, sid: principal.sessionId },
        ACCESS_TOKEN.lifeMs,
      );
    },
    stepUp: ({ accountId, sessionId }) =>
      signToken(
        privateKey,
        { sub: accountId, sid: sessionId, aud: STEP_UP_TOKEN.audience },
        STEP_UP_TOKEN.lifeMs,
      ),
    async stop() {
      await Promise.all(running.map((app) => app.close()));
      await events.close();
      redis.disconnect();
      await redisServer.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function signToken(key: CryptoKey, claims: Record<string, unknown>, lifeMs: number): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: ACCESS_TOKEN.issuer, aud: ACCESS_TOKEN.audience, ...claims })
    .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm })
    .setIssuedAt(now)
    .setExpirationTime(now + Math.floor(lifeMs / 1000))
    .sign(key);
}
