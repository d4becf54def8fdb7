import { Module, type DynamicModule } from '@nestjs/common';
import { DeadLetters } from './dead-letters.js';
import { EventPublisher } from './event-publisher.js';
import { RpcClient, type RpcClientOptions } from './rpc-client.js';

/** Provides `RpcClient`, `EventPublisher` and `DeadLetters`, connected before any other module initializes. */
@Module({})
export class TransportModule {
  static forRoot(options: RpcClientOptions): DynamicModule {
    return {
      module: TransportModule,
      global: true,
      providers: [
        { provide: RpcClient, useFactory: () => new RpcClient(options) },
        { provide: EventPublisher, useFactory: () => new EventPublisher(options) },
        { provide: DeadLetters, useFactory: () => new DeadLetters(options) },
      ],
      exports: [RpcClient, EventPublisher, DeadLetters],
    };
  }
}
