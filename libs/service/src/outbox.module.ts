import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Database } from '#libs/database';
import { Outbox } from '#libs/outbox';
import { EventPublisher } from '#libs/transport';
import { Log } from './log.js';

/** @param source the service's name, and the shard's where it has several outboxes. */
export function openOutbox(source: string, database: Database, relay: EventPublisher, log: Log): Outbox {
  const outbox = new Outbox({
    source,
    database,
    relay,
    onError: (error, doing) => log.warn({ err: error }, `could not ${doing}: the sweep tries again`),
  });
  outbox.start();
  database.beforeClose(() => outbox.close());
  return outbox;
}

/** The outbox in the service's own schema. */
@Global()
@Module({})
export class OutboxModule {
  static forRoot(source: string): DynamicModule {
    return {
      module: OutboxModule,
      providers: [
        {
          provide: Outbox,
          inject: [Database, EventPublisher, Log],
          useFactory: (database: Database, relay: EventPublisher, log: Log) =>
            openOutbox(source, database, relay, log),
        },
      ],
      exports: [Outbox],
    };
  }
}
