// @ts-check
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { findProgram, run } from './commands.mjs';
import { Problem } from './problem.mjs';

/** @typedef {{ url: string, stop: () => Promise<void> }} ComposeService */

/** @returns {Promise<boolean>} whether there is a Docker that answers, with Compose */
export async function isComposeUsable() {
  const docker = findProgram(['docker'], { system: true });
  if (docker === undefined) return false;
  const answers = await Promise.all([run(docker, ['info']), run(docker, ['compose', 'version'])]);
  return answers.every(({ code }) => code === 0);
}

/**
 * Runs one server of `deploy/compose.yaml`, in a project of this folder's own, on a free port of 127.0.0.1.
 *
 * @param {object} options
 * @param {string} options.root
 * @param {string} options.dataDir
 * @param {'mariadb' | 'redis'} options.service
 * @param {number} options.containerPort
 * @param {NodeJS.ProcessEnv} options.env what the file asks for
 * @param {(address: string) => string} options.url
 * @returns {Promise<ComposeService>}
 */
export async function startComposeService({ root, dataDir, service, containerPort, env, url }) {
  const project = `clearbid-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 8)}`;
  const base = ['compose', '--project-name', project, '--file', join(root, 'deploy', 'compose.yaml')];
  /** @param {string[]} args */
  const docker = async (...args) => {
    const result = await run('docker', [...base, ...args], { env: { ...process.env, ...env } });
    if (result.code !== 0) throw new Problem(`Docker can't run ${service}: see above.`, result.output);
    return result.output.trim();
  };
  await docker('up', '--detach', '--wait', service);
  const address = await docker('port', service, String(containerPort));
  return {
    url: url(address),
    stop: async () => {
      await docker('stop', service);
    },
  };
}
