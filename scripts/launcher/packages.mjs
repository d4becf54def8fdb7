// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run } from './commands.mjs';
import { Problem } from './problem.mjs';

/**
 * Installs exactly what package-lock.json says, unless that is what is installed already.
 *
 * @param {string} root
 * @param {(detail: string) => void} report
 */
export async function ensurePackages(root, report) {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.clearbid-lock-hash');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return report('up to date');
  if (isInstalled(root, lock)) {
    writeFileSync(stamp, hash);
    return report('up to date');
  }
  const npm = findProgram(['npm'], { system: true });
  if (npm === undefined)
    throw new Problem('npm is not on this machine: install it (it comes with Node.js) and try again.');
  // With NODE_ENV=production npm would leave out what the build needs.
  const options = ['--no-audit', '--no-fund', '--loglevel=error', '--include=dev'];
  let result = await run(npm, ['ci', ...options], { cwd: root });
  if (result.code !== 0 && lacksOnlyForeignBuilds(result.output)) {
    report('some builds for other platforms are not locked: npm install');
    result = await run(npm, ['install', '--no-save', ...options], { cwd: root });
  }
  if (result.code !== 0) {
    throw new Problem(
      `The packages can't be installed: look at what npm says above (often the network), then try again.`,
      result.output,
    );
  }
  writeFileSync(stamp, hash);
  report('installed');
}

/**
 * Some registries don't have the builds of a package for every platform. A lock file made with one of them leaves
 * those out, and then `npm ci` refuses it although nothing is missing that this machine needs.
 *
 * @param {string} output of npm
 */
function lacksOnlyForeignBuilds(output) {
  const problems = output.split('\n').filter((line) => /(Missing|Invalid): /.test(line));
  return problems.length > 0 && problems.every((line) => /Missing: \S+@ from lock file/.test(line));
}

/** @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage */

/**
 * npm notes in node_modules what it put there: somebody who ran `npm install` by hand needn't wait for another one.
 *
 * @param {string} root
 * @param {string} lock
 */
function isInstalled(root, lock) {
  const file = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(file)) return false;
  /** @type {Record<string, LockedPackage>} */
  const wanted = JSON.parse(lock).packages;
  /** @type {Record<string, LockedPackage>} */
  const installed = JSON.parse(readFileSync(file, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || optional === true || installed[path]?.version === version,
  );
}
