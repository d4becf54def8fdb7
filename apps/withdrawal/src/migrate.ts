import 'reflect-metadata';
import { runMigrations } from '#libs/service';
import { withdrawalDatabase } from './withdrawal.database.js';

await runMigrations('withdrawal', (environment) => [withdrawalDatabase(environment)]);
