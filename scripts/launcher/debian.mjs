// @ts-check
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { findProgram, run } from './commands.mjs';
import { atExit } from './last-resort.mjs';
import { Problem } from './problem.mjs';
import { isAlive } from './processes.mjs';

/** Debian asks this script before a package starts, stops or restarts a service. */
const POLICY = '/usr/sbin/policy-rc.d';
const POLICY_ASIDE = `${POLICY}.clearbid-saved`;
const POLICY_MARK = '# clearbid launcher, process';
const LISTS = '/var/lib/apt/lists';
const LISTS_AGE_MS = 24 * 60 * 60 * 1000;

/** @returns {boolean} whether packages can be installed here without asking anybody */
export function canInstallDebianPackages() {
  return process.getuid?.() === 0 && findProgram(['apt-get'], { system: true }) !== undefined;
}

/**
 * Installs packages without questions, without what they merely recommend, and without any service being started,
 * stopped or restarted by it.
 *
 * @param {string[]} packages
 * @param {(detail: string) => void} report
 */
export async function installDebianPackages(packages, report) {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: 'noninteractive',
    NEEDRESTART_SUSPEND: '1',
    LC_ALL: 'C.UTF-8',
  };
  const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  const lift = forbidServices();
  try {
    if (areListsOld()) {
      report('reading the package lists');
      const update = await run('apt-get', ['update', '-qq', ...patience], { env });
      if (update.code !== 0) throw new Problem('apt-get update failed: see above.', update.output);
    }
    const install = () =>
      run(
        'apt-get',
        ['install', '-y', '-qq', '--no-install-recommends', '--no-upgrade', ...patience, ...packages],
        {
          env,
          onLine: (line) => reportLine(line, report),
        },
      );
    let result = await install();
    if (result.code !== 0) {
      // Lists that are a few hours old may name versions that the mirror has replaced since.
      report('reading the package lists once more');
      await run('apt-get', ['update', '-qq', ...patience], { env });
      result = await install();
    }
    if (result.code !== 0) {
      throw new Problem(
        `apt-get can't install ${packages.join(' ')}: see above; install it by hand and try again.`,
        result.output.split('\n').slice(-20).join('\n'),
      );
    }
  } finally {
    lift();
  }
}

/**
 * @param {string} line
 * @param {(detail: string) => void} report
 */
function reportLine(line, report) {
  const unpacking = /^(?:Unpacking|Setting up) (\S+)/.exec(line);
  if (unpacking?.[1] !== undefined) report(unpacking[1]);
}

function areListsOld() {
  if (
    !existsSync(LISTS) ||
    !readdirSync(LISTS).some((name) => name.endsWith('_Packages') || name.includes('_Packages.'))
  ) {
    return true;
  }
  return Date.now() - statSync(LISTS).mtimeMs > LISTS_AGE_MS;
}

/** @returns {() => void} puts everything back as it was */
function forbidServices() {
  healAfterKill();
  if (existsSync(POLICY)) {
    // Many containers forbid services already.
    if (/^\s*exit 101\s*$/m.test(readFileSync(POLICY, 'utf8'))) return () => {};
    renameSync(POLICY, POLICY_ASIDE);
  }
  writeFileSync(POLICY, `#!/bin/sh\n${POLICY_MARK} ${process.pid}\nexit 101\n`);
  chmodSync(POLICY, 0o755);
  const forget = atExit(putBack);
  return () => {
    forget();
    putBack();
  };
}

function putBack() {
  rmSync(POLICY, { force: true });
  if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
}

/** A launcher that was killed in the middle of an installation left its guard behind. */
function healAfterKill() {
  if (!existsSync(POLICY)) {
    if (existsSync(POLICY_ASIDE)) renameSync(POLICY_ASIDE, POLICY);
    return;
  }
  const owner = new RegExp(`^${POLICY_MARK} (\\d+)$`, 'm').exec(readFileSync(POLICY, 'utf8'))?.[1];
  if (owner !== undefined && !isAlive(Number(owner))) putBack();
}
