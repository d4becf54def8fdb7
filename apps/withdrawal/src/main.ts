import 'reflect-metadata';
import { withdrawal } from '#libs/contracts';
import { DatabaseModule, OutboxModule, runService } from '#libs/service';
import { rpcContractsIn } from '#libs/transport';
import { withdrawalEnvironment } from './withdrawal.config.js';
import { withdrawalDatabase } from './withdrawal.database.js';
import { WithdrawalModule } from './withdrawal.module.js';

await runService({
  name: 'withdrawal',
  environment: withdrawalEnvironment,
  contracts: rpcContractsIn(withdrawal),
  imports: (environment) => [
    DatabaseModule.forRoot(withdrawalDatabase(environment)),
    OutboxModule.forRoot('withdrawal'),
    WithdrawalModule.forRoot(environment),
  ],
});
