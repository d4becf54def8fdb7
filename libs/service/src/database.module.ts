import { type DynamicModule, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Database, type DatabaseOptions } from '#libs/database';
import { IdGenerator, leaseIdGenerator } from '#libs/ids';
import { Health } from './health.js';
import { Log } from './log.js';

/** Closes the pool last of all: what is still being handled may need it until then. */
@Injectable()
class DatabaseCloser implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

/** The service's own schema, and ids that are unique in it. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: Database,
          inject: [Health],
          useFactory: async (health: Health) => {
            const database = await new Database(options).open();
            health.register('mysql', () => database.query('SELECT 1'));
            return database;
          },
        },
        {
          provide: IdGenerator,
          inject: [Database, Log],
          useFactory: async (database: Database, log: Log) => {
            const { ids, release } = await leaseIdGenerator(database, (error) =>
              log.error({ err: error }, 'the lease of the node number could not be renewed'),
            );
            database.beforeClose(release);
            return ids;
          },
        },
        DatabaseCloser,
      ],
      exports: [Database, IdGenerator],
    };
  }
}
