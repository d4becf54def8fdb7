import 'reflect-metadata';
import { runMigrations } from '#libs/service';
import { paymentDatabase } from './payment.database.js';

await runMigrations('payment', (environment) => [paymentDatabase(environment)]);
