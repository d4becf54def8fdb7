// @ts-check
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS } from './build.mjs';
import { startMariadb } from './mariadb.mjs';
import { Progress } from './progress.mjs';
import { prepareSchemas } from './schemas.mjs';
import { runToEnd } from './supervisor.mjs';

/**
 * A data folder with every schema migrated and seeded, for `startStack({ mariadbTemplate, schemasAreReady })`: a run of
 * tests does that once, and not for each of its stacks.
 *
 * @param {object} options
 * @param {string} options.root of the repository; its programs are bundled
 * @param {string} options.mariadbTemplate from `prepareMariadbTemplate`
 * @param {string} options.directory of its own
 * @returns {Promise<string>} the template
 */
export async function prepareStackTemplate({ root, mariadbTemplate, directory }) {
  const server = await startMariadb({ dataDir: directory, template: mariadbTemplate });
  try {
    const env = { ...process.env, MYSQL_URL: server.url };
    await prepareSchemas({
      run: (path) => runToEnd({ name: path, entry: join(root, PROGRAMS, path), env, cwd: root }),
      withDemo: true,
      progress: new Progress(),
    });
  } finally {
    await server.stop();
  }
  const data = join(directory, 'data');
  // Its index names files by where they stand: a copy would take this server's log for its own.
  for (const file of readdirSync(data)) if (file.startsWith('binlog.')) rmSync(join(data, file));
  return data;
}
