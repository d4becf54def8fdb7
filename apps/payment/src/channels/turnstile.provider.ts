import type { Provider } from '@nestjs/common';
import { Redis } from 'ioredis';
import { openTurnstile } from '#libs/channel-line';
import { PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import { EventPublisher } from '#libs/transport';
import { Turnstile } from '#libs/turnstile';

/** The one line in front of each channel account, over all replicas. */
export const TURNSTILE: Provider = {
  provide: Turnstile,
  inject: [Redis, PaymentChannelFactory, EventPublisher, Log],
  useFactory: (redis: Redis, channels: PaymentChannelFactory, events: EventPublisher, log: Log) =>
    openTurnstile({ redis, channels, events, log }),
};
