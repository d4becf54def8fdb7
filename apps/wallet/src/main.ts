import 'reflect-metadata';
import { wallet } from '#libs/contracts';
import { DatabaseModule, OutboxModule, runService } from '#libs/service';
import { rpcContractsIn } from '#libs/transport';
import { LocksModule } from './ledger/locks.module.js';
import { walletDatabase } from './wallet.database.js';
import { walletEnvironment } from './wallet.environment.js';
import { WalletModule } from './wallet.module.js';

await runService({
  name: 'wallet',
  environment: walletEnvironment,
  contracts: rpcContractsIn(wallet),
  imports: (environment) => [
    DatabaseModule.forRoot(walletDatabase(environment)),
    OutboxModule.forRoot('wallet'),
    LocksModule.forRoot(environment.WALLET_LOCKS),
    WalletModule.forRoot(environment),
  ],
});
