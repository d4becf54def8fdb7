import { randomBytes } from 'node:crypto';
import { Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { z } from 'zod';
import type { RpcContract } from '#libs/contracts';
import { RedisStreamsServer } from '#libs/transport';
import {
  BadConfigurationError,
  EXIT_BAD_CONFIGURATION,
  loadConfig,
  type serviceEnvironment,
} from './config.js';
import { HealthServer } from './health-server.js';
import { Health } from './health.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { endWithSupervisor, reportReady, shutDownInOrder } from './process-life.js';
import { ServiceModule } from './service.module.js';
import { transportObserver } from './transport-metrics.js';

type ServiceEnvironment = z.output<typeof serviceEnvironment>;

export interface ServiceDefinition<Environment extends ServiceEnvironment> {
  /** The first part of its message patterns, and its name in logs and metrics. */
  readonly name: string;
  readonly environment: z.ZodType<Environment>;
  /** Every request that this service must answer: one without a handler keeps it from starting. */
  readonly contracts: readonly RpcContract[];
  /** @throws BadConfigurationError or any other error whose message tells a person what to mend. */
  readonly imports: (environment: Readonly<Environment>) => NonNullable<ModuleMetadata['imports']>;
}

/** Runs one service until it is told to stop; see `process-life.ts` for how it ends. */
export async function runService<Environment extends ServiceEnvironment>(
  definition: ServiceDefinition<Environment>,
): Promise<void> {
  const { name } = definition;
  endWithSupervisor();
  const environment = orExit(name, () => loadConfig(name, definition.environment));
  const replica = environment.REPLICA ?? `${name}-${randomBytes(3).toString('hex')}`;
  const log = Log.create(name, replica, environment.LOG_LEVEL);
  const metrics = new Metrics(name, replica);
  const health = new Health();
  const imports = orExit(name, () => definition.imports(environment));

  @Module({
    imports: [ServiceModule.forRoot({ log, metrics, health, redisUrl: environment.REDIS_URL }), ...imports],
  })
  class ServiceRoot {}

  try {
    const app = await NestFactory.createMicroservice(ServiceRoot, {
      logger: log.forNest(),
      abortOnError: false,
      strategy: new RedisStreamsServer({
        service: name,
        replica,
        redis: environment.REDIS_URL,
        contracts: definition.contracts,
        logger: log,
        observer: transportObserver(metrics),
      }),
    });
    const healthServer = new HealthServer(health, metrics);
    shutDownInOrder(log, health, async () => {
      await app.close();
      await healthServer.close();
    });
    await app.listen();
    reportReady(log, await healthServer.listen(environment.HOST, environment.HEALTH_PORT));
  } catch (error) {
    log.fatal({ err: error }, `${name} could not start`);
    process.exit(1);
  }
}

/** A configuration that can't work ends the process with a sentence, not with a stack. */
function orExit<T>(service: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const message =
      error instanceof BadConfigurationError
        ? error.message
        : `${service} can't start: ${(error as Error).message}`;
    process.stderr.write(`${message}\n`);
    process.exit(EXIT_BAD_CONFIGURATION);
  }
}
