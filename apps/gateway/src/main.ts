import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import {
  BadConfigurationError,
  EXIT_BAD_CONFIGURATION,
  endWithSupervisor,
  Health,
  loadConfig,
  Log,
  Metrics,
  reportReady,
  shutDownInOrder,
} from '#libs/service';
import { createGateway, startGateway } from './create-gateway.js';
import { gatewayEnvironment, type GatewayEnvironment } from './gateway.config.js';

function configurationOrExit(): GatewayEnvironment {
  try {
    return loadConfig('gateway', gatewayEnvironment);
  } catch (error) {
    if (!(error instanceof BadConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_BAD_CONFIGURATION);
  }
}

endWithSupervisor();
const environment = configurationOrExit();
const replica = environment.REPLICA ?? `gateway-${randomBytes(3).toString('hex')}`;
const log = Log.create('gateway', replica, environment.LOG_LEVEL);
const metrics = new Metrics('gateway', replica);
const health = new Health();

try {
  const app = await createGateway({ environment, replica, log, metrics, health });
  shutDownInOrder(log, health, () => app.close());
  reportReady(log, await startGateway(app, environment));
} catch (error) {
  log.fatal({ err: error }, 'gateway could not start');
  process.exit(1);
}
