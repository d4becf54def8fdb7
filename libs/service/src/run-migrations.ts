import type { DatabaseOptions } from '#libs/database';
import { migrate } from '#libs/database';
import type { z } from 'zod';
import { BadConfigurationError, EXIT_BAD_CONFIGURATION, databaseEnvironment, loadConfig } from './config.js';

type DatabaseEnvironment = z.output<typeof databaseEnvironment>;

/** The `migrate` entry point of a service: brings its schemas up to date and says what was done. */
export async function runMigrations(
  service: string,
  databases: (environment: DatabaseEnvironment) => readonly DatabaseOptions[],
): Promise<void> {
  try {
    for (const options of databases(loadConfig(service, databaseEnvironment))) {
      const done = await migrate(options);
      process.stdout.write(`${options.schema}: ${done.length === 0 ? 'up to date' : done.join(', ')}\n`);
    }
  } catch (error) {
    process.stderr.write(`${service} could not be migrated: ${(error as Error).message}\n`);
    process.exitCode = error instanceof BadConfigurationError ? EXIT_BAD_CONFIGURATION : 1;
  }
}
