// @ts-check

/** Services with a schema of their own; they serve the others and no browser. */
export const SERVICES = /** @type {const} */ (['identity', 'payment', 'wallet', 'withdrawal']);

/**
 * Brings every schema up to date, and makes the accounts that people try Clearbid with.
 *
 * @param {object} how
 * @param {(entry: string) => Promise<void>} how.run a program to its end, such as `apps/wallet/src/migrate.js`
 * @param {boolean} how.withDemo their password is in the README: they belong to the sandbox, never beside a real channel
 * @param {import('./progress.mjs').Progress} how.progress
 */
export async function prepareSchemas({ run, withDemo, progress }) {
  await progress.step('Migrating the schemas', () =>
    Promise.all(SERVICES.map((service) => run(`apps/${service}/src/migrate.js`))),
  );
  if (withDemo) await progress.step('Seeding the demo accounts', () => run('apps/identity/src/seed.js'));
}
