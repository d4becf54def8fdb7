import 'reflect-metadata';
import { runMigrations } from '#libs/service';
import { identityDatabase } from './identity.config.js';

await runMigrations('identity', (environment) => [identityDatabase(environment)]);
