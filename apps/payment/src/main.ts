import 'reflect-metadata';
import { payment } from '#libs/contracts';
import { DatabaseModule, OutboxModule, runService } from '#libs/service';
import { rpcContractsIn } from '#libs/transport';
import { paymentEnvironment } from './payment.config.js';
import { paymentDatabase } from './payment.database.js';
import { PaymentModule } from './payment.module.js';

await runService({
  name: 'payment',
  environment: paymentEnvironment,
  contracts: rpcContractsIn(payment),
  imports: (environment) => [
    DatabaseModule.forRoot(paymentDatabase(environment)),
    OutboxModule.forRoot('payment'),
    PaymentModule.forRoot(environment),
  ],
});
