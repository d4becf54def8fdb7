import 'reflect-metadata';
import { identity } from '#libs/contracts';
import { DatabaseModule, runService } from '#libs/service';
import { rpcContractsIn } from '#libs/transport';
import { identityDatabase, identityEnvironment } from './identity.config.js';
import { IdentityModule } from './identity.module.js';

await runService({
  name: 'identity',
  environment: identityEnvironment,
  contracts: rpcContractsIn(identity),
  imports: (environment) => [
    DatabaseModule.forRoot(identityDatabase(environment)),
    IdentityModule.forRoot(environment),
  ],
});
