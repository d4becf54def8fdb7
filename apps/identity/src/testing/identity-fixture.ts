import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { INestMicroservice } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Redis } from 'ioredis';
import { identity, type RequestOf, type ResponseOf, type RpcContract } from '#libs/contracts';
import type { Database } from '#libs/database';
import { DatabaseModule, Health, Log, Metrics, ServiceModule } from '#libs/service';
import { SessionStore } from '#libs/sessions';
import { createTestDatabase, startTestRedis } from '#libs/testing';
import { RedisStreamsServer, RpcClient, newRequestId, rpcContractsIn, runInContext } from '#libs/transport';
import { Clock } from '../clock.js';
import { IdentityModule } from '../identity.module.js';
import { MIGRATIONS } from '../migrations/index.js';
import { TurnedClock } from './turned-clock.js';

export const DEVICE: identity.Device = { userAgent: 'Firefox on Debian', address: '203.0.113.7' };
export const PASSWORD = 'correct horse battery';

export interface TestIdentity {
  /** Reached over Redis streams, like by the gateway, and answered by any of the replicas. */
  readonly gateway: Caller;
  readonly database: Database;
  readonly redis: Redis;
  readonly store: SessionStore;
  readonly clock: TurnedClock;
  readonly publicKey: KeyObject;
  /** Something of the first replica, to look behind the messages. */
  readonly get: INestMicroservice['get'];
  /** Kills Redis, and the memory of all sessions with it. */
  flushRedis(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallAs {
  readonly principal?: identity.Principal;
  readonly requestId?: string;
}

/** Sends what the gateway would send. */
export class Caller {
  constructor(private readonly client: RpcClient) {}

  call<C extends RpcContract>(contract: C, request: RequestOf<C>, as: CallAs = {}): Promise<ResponseOf<C>> {
    const context = { requestId: as.requestId ?? newRequestId(), ...as };
    return runInContext(context, () => this.client.call(contract, request, { timeoutMs: 30_000 }));
  }

  /** A new merchant (or another kind of account) with an e-mail address that nobody else has. */
  register(more: Partial<RequestOf<typeof identity.register>> = {}) {
    return this.call(identity.register, {
      email: newEmail(),
      password: PASSWORD,
      kind: 'merchant',
      displayName: 'Ada Advertiser',
      device: DEVICE,
      ...more,
    });
  }

  signIn(email: string, password = PASSWORD, device = DEVICE) {
    return this.call(identity.signIn, { email, password, device });
  }

  refresh(refreshToken: string, as: CallAs = {}) {
    return this.call(identity.refresh, { refreshToken, device: DEVICE }, as);
  }
}

export function newEmail(): string {
  return `ada-${randomBytes(6).toString('hex')}@shop.test`;
}

/** Replicas of identity, with a schema and a Redis of their own. */
export async function startIdentity({ replicas = 2 } = {}): Promise<TestIdentity> {
  const [testDatabase, redisServer] = await Promise.all([
    createTestDatabase('identity', { migrations: MIGRATIONS }),
    startTestRedis(),
  ]);
  const clock = new TurnedClock();
  const keys = generateKeyPairSync('ed25519');
  const settings = {
    SESSION_PRIVATE_KEY_FILE: keys.privateKey,
    ACCESS_TOKEN_LIFE_SECONDS: 600,
    STEP_UP_SECONDS: 300,
    PASSWORD_HASH_CONCURRENCY: 2,
  };
  const apps: INestMicroservice[] = [];
  for (let number = 1; number <= replicas; number += 1) {
    const replica = `identity-${number}`;
    const log = Log.create('identity', replica, 'silent');
    const parts = {
      log,
      metrics: new Metrics('identity', replica),
      health: new Health(),
      redisUrl: redisServer.url,
    };
    const module = await Test.createTestingModule({
      imports: [
        ServiceModule.forRoot(parts),
        DatabaseModule.forRoot(testDatabase.options),
        IdentityModule.forRoot(settings),
      ],
    })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    const strategy = new RedisStreamsServer({
      service: 'identity',
      replica,
      redis: redisServer.url,
      contracts: rpcContractsIn(identity),
      logger: log,
    });
    const app = module.createNestMicroservice({ strategy, logger: false });
    await app.listen();
    apps.push(app);
  }
  const client = new RpcClient({
    redis: redisServer.url,
    logger: Log.create('gateway', 'gateway-1', 'silent'),
  });
  await client.connect();
  const redis = new Redis(redisServer.url);
  const [first] = apps;
  if (!first) throw new Error('at least one replica');
  return {
    gateway: new Caller(client),
    database: testDatabase.database,
    redis,
    store: new SessionStore(redis),
    clock,
    publicKey: keys.publicKey,
    get: first.get.bind(first),
    flushRedis: async () => {
      await redis.flushall();
    },
    stop: async () => {
      await Promise.all(apps.map((app) => app.close()));
      await client.close();
      redis.disconnect();
      await Promise.all([testDatabase.drop(), redisServer.stop()]);
    },
  };
}
