import 'reflect-metadata';
import { runMigrations } from '#libs/service';
import { walletDatabase } from './wallet.database.js';

await runMigrations('wallet', (environment) => [walletDatabase(environment)]);
