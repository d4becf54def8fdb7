import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { Database } from '#libs/database';
import { BadConfigurationError, EXIT_BAD_CONFIGURATION, loadConfig } from '#libs/service';
import { AccountsRepository } from './accounts/accounts.repository.js';
import { DEMO_ACCOUNTS } from './demo/demo-accounts.js';
import { DemoSeed } from './demo/demo-seed.js';
import { merchantCount, seedEnvironment } from './demo/seed.config.js';
import { identityDatabase } from './identity.config.js';
import { RolesRepository } from './roles/roles.repository.js';
import { PasswordHasher } from './sign-in/password-hasher.js';

/** `seed [--merchants N]`: the demo accounts, and N numbered merchants for load tests. */
async function seed(): Promise<void> {
  const { values } = parseArgs({ options: { merchants: { type: 'string', default: '0' } } });
  const merchants = merchantCount.safeParse(values.merchants);
  if (!merchants.success) {
    throw new BadConfigurationError('seed', [
      `--merchants: ${merchants.error.issues[0]?.message ?? 'is bad'}`,
    ]);
  }
  const database = await new Database(identityDatabase(loadConfig('seed', seedEnvironment))).open();
  try {
    const hasher = new PasswordHasher({ concurrency: 1, queueLimit: 0 });
    const demo = new DemoSeed(database, new AccountsRepository(), new RolesRepository(), hasher);
    const made = await demo.run(merchants.data, new Date());
    const wanted = DEMO_ACCOUNTS.length + merchants.data;
    process.stdout.write(
      `${database.schema}: ${made} of ${wanted} demo accounts made, the others were there\n`,
    );
  } finally {
    await database.close();
  }
}

try {
  await seed();
} catch (error) {
  process.stderr.write(`identity could not be seeded: ${(error as Error).message}\n`);
  process.exitCode = error instanceof BadConfigurationError ? EXIT_BAD_CONFIGURATION : 1;
}
