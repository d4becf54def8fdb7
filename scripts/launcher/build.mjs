// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './commands.mjs';
import { Problem } from './problem.mjs';

/** Where `bundlePrograms` puts what is run in use: `apps/wallet/src/main.js` and the others. */
export const PROGRAMS = join('dist', 'programs');
/** Where `compileServices` puts every module for itself, under the same names. */
export const MODULES = 'dist';
const CONSOLE = join('apps', 'console');
const SETTINGS = [
  'package.json',
  'package-lock.json',
  'rolldown.config.mjs',
  'tsconfig.json',
  'tsconfig.build.json',
];

/**
 * Bundles the services and the console, each only when something that it is made of has changed.
 *
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
export async function build(root, progress) {
  await Promise.all([
    progress.step('Bundling the services', (report) => bundlePrograms(root, report)),
    progress.step('Bundling the console', (report) => buildConsole(root, report)),
  ]);
}

/**
 * Everything that is run in use: a file for each program, see `rolldown.config.mjs`.
 *
 * @param {string} root
 * @param {(detail: string) => void} report
 */
export async function bundlePrograms(root, report) {
  const sources = sourcesIn(root, ['apps', 'libs']);
  await unlessUnchanged(join(root, 'dist', '.programs-hash'), hashOf(root, sources), report, () =>
    runTool(root, ['rolldown/bin/cli.mjs', '-c', '--logLevel', 'warn'], "The services can't be bundled"),
  );
}

/**
 * Every module for itself, types proved: for `npm run dev`, which follows single files, and for benchmarks, which take
 * services apart.
 *
 * @param {string} root
 * @param {(detail: string) => void} report
 */
export async function compileServices(root, report) {
  const sources = sourcesIn(root, ['apps', 'libs', 'bench']);
  await unlessUnchanged(join(root, 'dist', '.modules-hash'), hashOf(root, sources), report, async () => {
    await runTool(
      root,
      ['typescript/bin/tsc', '-p', 'tsconfig.build.json', '--pretty', 'false'],
      "The services don't compile",
    );
    pruneOutput(root);
  });
}

/**
 * @param {string} root
 * @param {string[]} folders
 * @returns {string[]} without the console's, and without tests
 */
function sourcesIn(root, folders) {
  return folders
    .flatMap((folder) => filesIn(join(root, folder)))
    .filter((file) => !relative(root, file).startsWith(CONSOLE) && !/\.(int-)?spec\.ts$/.test(file));
}

/**
 * @param {string} root
 * @param {(detail: string) => void} report
 */
async function buildConsole(root, report) {
  const config = join(CONSOLE, 'vite.config.ts');
  if (!existsSync(join(root, config))) return report('there is none');
  const sources = filesIn(join(root, CONSOLE));
  await unlessUnchanged(join(root, 'dist', '.console-hash'), hashOf(root, sources), report, () =>
    runTool(
      root,
      ['vite/bin/vite.js', 'build', '--config', config, '--logLevel', 'warn'],
      "The console can't be bundled",
    ),
  );
}

/**
 * @param {string} stamp file that keeps the hash of what was built last
 * @param {string} hash
 * @param {(detail: string) => void} report
 * @param {() => Promise<void>} work
 */
async function unlessUnchanged(stamp, hash, report, work) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return report('unchanged');
  await work();
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, hash);
}

/**
 * @param {string} root
 * @param {string[]} command a script under node_modules, and its arguments
 * @param {string} failure
 */
async function runTool(root, [script = '', ...args], failure) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const result = await run(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    env,
  });
  if (result.code !== 0) throw new Problem(`${failure}: see above.`, result.output);
}

/**
 * @param {string} root
 * @param {string[]} files
 */
function hashOf(root, files) {
  const hash = createHash('sha256');
  for (const file of [...files, ...SETTINGS.map((name) => join(root, name))].toSorted()) {
    if (!existsSync(file)) continue;
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @returns {string[]} empty when there is no such folder
 */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * tsc leaves the output of a deleted source where it is, and what loads a whole folder (migrations) would still load it.
 *
 * @param {string} root
 */
function pruneOutput(root) {
  for (const folder of ['apps', 'libs']) {
    for (const file of filesIn(join(root, 'dist', folder))) {
      const path = relative(join(root, 'dist'), file);
      if (path.startsWith(CONSOLE) || !/\.js(\.map)?$/.test(path)) continue;
      if (!existsSync(join(root, path.replace(/\.js(\.map)?$/, '.ts')))) rmSync(file);
    }
  }
}
