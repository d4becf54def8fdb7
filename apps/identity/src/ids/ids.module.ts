import { Database } from '#libs/database';
import { IdGenerator, NodeLease } from '#libs/ids';
import { Log } from '#libs/service';
import { Injectable, Module, type OnModuleDestroy } from '@nestjs/common';
import { IdentityIds } from './identity-ids.js';

/** Gives the node number back while the database can still be reached. */
@Injectable()
class NodeLeaseReleaser implements OnModuleDestroy {
  constructor(private readonly lease: NodeLease) {}

  onModuleDestroy(): Promise<void> {
    return this.lease.release();
  }
}

/** The generator and its lease know each other: one asks for the right, the other for how far it was used. */
@Injectable()
class LeasedGenerator {
  readonly generator: IdGenerator;
  readonly lease: NodeLease;

  constructor(database: Database, log: Log) {
    this.lease = new NodeLease({
      database,
      lastIssuedMs: () => this.generator.lastIssuedMs,
      onError: (error) => log.warn({ err: error }, 'The lease of the node number was not renewed'),
    });
    this.generator = new IdGenerator({ grants: this.lease });
  }
}

@Module({
  providers: [
    LeasedGenerator,
    {
      provide: NodeLease,
      inject: [LeasedGenerator],
      useFactory: async ({ lease }: LeasedGenerator) => {
        await lease.acquire();
        return lease;
      },
    },
    {
      provide: IdentityIds,
      // The lease too, though unused: no id before it is held.
      inject: [LeasedGenerator, NodeLease],
      useFactory: ({ generator }: LeasedGenerator) => new IdentityIds(generator),
    },
    NodeLeaseReleaser,
  ],
  exports: [IdentityIds],
})
export class IdsModule {}
