import 'reflect-metadata';
import { payment } from '#libs/contracts';
import { DatabaseModule, OutboxModule, runService } from '#libs/service';
import { rpcContractsIn } from '#libs/transport';
import { paymentEnvironment } from './payment.config.js';
import { paymentDatabase } from './payment.database.js';
import { PaymentModule } from './payment.module.js';

/** Contracts that have no handler yet: each feature takes its own out of here, and this goes when the last is gone. */
const NOT_BUILT: ReadonlySet<string> = new Set([
  'payment.create-offer',
  'payment.update-offer',
  'payment.list-offers',
  'payment.quote-offers',
  'payment.create-webhook',
  'payment.list-webhooks',
  'payment.update-webhook',
  'payment.delete-webhook',
  'payment.rotate-webhook-secret',
  'payment.test-webhook',
  'payment.list-deliveries',
  'payment.resend-delivery',
]);

await runService({
  name: 'payment',
  environment: paymentEnvironment,
  contracts: rpcContractsIn(payment).filter((contract) => !NOT_BUILT.has(contract.pattern)),
  imports: (environment) => [
    DatabaseModule.forRoot(paymentDatabase(environment)),
    OutboxModule.forRoot('payment'),
    PaymentModule.forRoot(environment),
  ],
});
