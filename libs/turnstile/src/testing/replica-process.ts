import { Redis } from 'ioredis';
import { Turnstile } from '../index.js';

/** A replica in a process of its own: so many calls of a counting server, through the line. argv: Redis, server, calls. */
const [redisUrl = '', serverUrl = '', calls = '0'] = process.argv.slice(2);
const redis = new Redis(redisUrl);
const turnstile = new Turnstile({
  redis,
  name: 'story',
  outcomeOf: () => 'failed',
  onCircuitChange: () => undefined,
  onError: () => undefined,
});
await Promise.all(
  Array.from({ length: Number(calls) }, (_, index) =>
    turnstile.pass(
      {
        resource: 'account',
        limits: { ratePerSecond: 50, maxInFlight: 40 },
        priority: 'query',
        timeoutMs: 60_000,
      },
      async () => void (await (await fetch(`${serverUrl}/${process.pid}/${index}`)).text()),
    ),
  ),
);
await turnstile.close();
redis.disconnect();
