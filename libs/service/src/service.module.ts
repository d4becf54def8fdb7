import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { TransportModule } from '#libs/transport';
import { Health } from './health.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { RedisCloser, connectRedis } from './redis.js';

export interface ServiceParts {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly redisUrl: string;
}

/** What every service has without asking: log, metrics, health, Redis, and the way to the other services. */
@Global()
@Module({})
export class ServiceModule {
  static forRoot({ log, metrics, health, redisUrl }: ServiceParts): DynamicModule {
    return {
      module: ServiceModule,
      imports: [TransportModule.forRoot({ redis: redisUrl, logger: log })],
      providers: [
        { provide: Log, useValue: log },
        { provide: Metrics, useValue: metrics },
        { provide: Health, useValue: health },
        { provide: Redis, useFactory: () => connectRedis(redisUrl, log, health) },
        RedisCloser,
      ],
      exports: [Log, Metrics, Health, Redis],
    };
  }
}
