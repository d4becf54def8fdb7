export {
  BadConfigurationError,
  EXIT_BAD_CONFIGURATION,
  databaseEnvironment,
  loadConfig,
  serviceEnvironment,
} from './config.js';
export { DatabaseModule } from './database.module.js';
export { HealthServer } from './health-server.js';
export { type CheckResult, Health } from './health.js';
export { Log } from './log.js';
export { Metrics } from './metrics.js';
export { endWithSupervisor, reportReady, shutDownInOrder } from './process-life.js';
export { runMigrations } from './run-migrations.js';
export { OutboxModule, openOutbox } from './outbox.module.js';
export { type ServiceDefinition, runService } from './run-service.js';
export { ServiceModule, type ServiceParts } from './service.module.js';
export { SweepHost, type SweepPlan } from './sweep-host.js';
export { transportObserver } from './transport-metrics.js';
