import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { PayloadOf, RequestOf } from '#libs/contracts';
import { OnEvent, Rpc, type EventMeta } from '../decorators.js';
import { said, work } from './test-contracts.js';
import { startService } from './test-service.js';

/**
 * A replica in a process of its own, so that it can be killed. Whatever it does it writes down in Redis:
 * `begun:<key>` (who has begun it, in order), `effect:<key>` (written once, whoever comes first), and it stops where
 * `hold:<replica>` says, for as long as that key exists.
 */
const [redisUrl, replica] = process.argv.slice(2) as [string, string];
const redis = new Redis(redisUrl);
redis.on('error', () => undefined);

async function holdAt(place: string): Promise<void> {
  while ((await redis.get(`hold:${replica}`)) === place) await delay(5);
}

/** What a service does under an idempotency key. */
async function workOnce(key: string): Promise<void> {
  await redis.rpush(`begun:${key}`, replica);
  await holdAt('before-effect');
  const first = await redis.set(`effect:${key}`, replica, 'NX');
  if (first === 'OK') await redis.incr('effects');
  await holdAt('after-effect');
}

class Parrot {
  @Rpc(work) async work({ key }: RequestOf<typeof work>) {
    await workOnce(key);
    return { by: replica };
  }

  @OnEvent(said) async hear(_: PayloadOf<typeof said>, { id }: EventMeta): Promise<void> {
    await workOnce(id);
  }
}

const service = await startService(Parrot, { service: 'parrot', redis: redisUrl, replica, concurrency: 16 });
process.once('SIGTERM', () => {
  void service.close().then(() => redis.disconnect());
});
process.send?.('ready');
// Without the test that started it, nobody would ever end it.
process.once('disconnect', () => process.exit());
