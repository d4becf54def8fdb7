// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './commands.mjs';

/** @typedef {{ name: string, script: string, args: string[], onlyWith?: string }} Check */

/** What needs no server and no build, from the quickest answer to the slowest. */
/** @type {Check[]} */
const CHECKS = [
  { name: 'format', script: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'lint', script: 'oxlint/bin/oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'types of the services', script: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  { name: 'types of the scripts', script: 'typescript/bin/tsc', args: ['-p', 'scripts/tsconfig.json'] },
  {
    name: 'types of the console',
    script: 'typescript/bin/tsc',
    args: ['--noEmit', '-p', 'apps/console/tsconfig.json'],
    onlyWith: 'apps/console/tsconfig.json',
  },
  {
    name: 'dependency rules',
    script: 'dependency-cruiser/bin/dependency-cruise.mjs',
    args: [
      '--config',
      '.dependency-cruiser.cjs',
      '--no-progress',
      'apps',
      'libs',
      'test',
      'scripts',
      'bench',
    ],
  },
  { name: 'dead code', script: 'knip/bin/knip.js', args: ['--no-progress'] },
];

/**
 * Runs every check, also after one has failed.
 *
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runChecks(root, progress) {
  const waiting = CHECKS.filter(({ onlyWith }) => onlyWith === undefined || existsSync(join(root, onlyWith)));
  const totals = { passed: 0, failed: 0 };
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const passed = await runCheck(root, check, progress);
      if (passed) totals.passed += 1;
      else totals.failed += 1;
    }
  };
  await Promise.all([work(), work()]);
  return totals;
}

/**
 * @param {string} root
 * @param {Check} check
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<boolean>}
 */
async function runCheck(root, { name, script, args }, progress) {
  const env = { ...process.env, ...(progress.colour ? { FORCE_COLOR: '1' } : {}) };
  try {
    await progress.step(name, async () => {
      const result = await run(process.execPath, [join(root, 'node_modules', script), ...args], {
        cwd: root,
        env,
      });
      if (result.code !== 0) throw new Error(result.output.trim() || `code ${result.code}`);
    });
    return true;
  } catch (error) {
    progress.print(/** @type {Error} */ (error).message);
    return false;
  }
}
