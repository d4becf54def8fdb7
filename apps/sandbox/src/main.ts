import 'reflect-metadata';
import {
  BadConfigurationError,
  EXIT_BAD_CONFIGURATION,
  endWithSupervisor,
  Log,
  reportReady,
  shutDownInOrder,
} from '#libs/service';
import { SandboxConfig } from './config.js';
import { startSandbox } from './sandbox.js';

endWithSupervisor();
try {
  const config = SandboxConfig.load();
  const log = Log.create('sandbox', config.replica, config.logLevel);
  const sandbox = await startSandbox(config, log);
  shutDownInOrder(log, sandbox.health, () => sandbox.close());
  reportReady(log, sandbox.url);
} catch (error) {
  const isConfiguration = error instanceof BadConfigurationError;
  process.stderr.write(
    `${isConfiguration ? error.message : `The sandbox could not start: ${reasonOf(error)}`}\n`,
  );
  process.exit(isConfiguration ? EXIT_BAD_CONFIGURATION : 1);
}

function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException | null)?.code === 'EADDRINUSE') {
    return 'something else listens on its port already; set SANDBOX_PORT to a free one';
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
