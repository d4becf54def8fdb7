import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { EverybodysLock, OwnerLock, RedlockOwnerLock, SharedOwnerLock } from '#libs/locks';
import { Log, Metrics } from '#libs/service';

/** How wallets are kept apart; see `OwnerLock` for what that is worth. */
@Global()
@Module({})
export class LocksModule {
  static forRoot(kind: 'redlock' | 'none'): DynamicModule {
    return {
      module: LocksModule,
      providers: [
        {
          provide: OwnerLock,
          inject: [Redis, Log, Metrics],
          useFactory: (redis: Redis, log: Log, metrics: Metrics) =>
            kind === 'none' ? new EverybodysLock() : redlock(redis, log, metrics),
        },
      ],
      exports: [OwnerLock],
    };
  }
}

function redlock(redis: Redis, log: Log, metrics: Metrics): OwnerLock {
  const unlocked = metrics.counter('wallet_unlocked_total', 'Work on a wallet without its lock', ['reason']);
  const lock = new RedlockOwnerLock({
    redis,
    observer: {
      onUnlocked: (owner, reason) => {
        unlocked.inc({ reason });
        log.warn(
          { ownerId: owner, reason },
          'working on a wallet without its lock: MySQL alone keeps it right',
        );
      },
    },
  });
  // Postings of one process to one wallet are gathered into one transaction, which decides them in order.
  return new SharedOwnerLock(lock);
}
