// @ts-check
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { atExit } from './last-resort.mjs';

/** Where system programs live although a plain user's PATH often leaves these out. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/bin', '/usr/local/bin'];

/**
 * @param {string[]} names in order of preference
 * @param {{ system?: boolean }} [options] `system`: also look where servers live
 * @returns {string | undefined} the whole path of the first that is there
 */
export function findProgram(names, { system = false } = {}) {
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const directories = system ? [...path, ...SYSTEM_DIRECTORIES] : path;
  for (const name of names) {
    for (const directory of directories) {
      const file = join(directory, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

/**
 * @typedef {object} CommandResult
 * @property {number} code 127 when there is no such program
 * @property {string} output stdout and stderr as they came
 * @property {string} stdout
 */

/**
 * Runs a program to its end. A failure is a value: callers know best what it means.
 *
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, stdio?: 'pipe' | 'inherit', signal?: AbortSignal }} [options] `signal` kills it
 * @returns {Promise<CommandResult>}
 */
export function run(file, args, { cwd, env = process.env, onLine, stdio = 'pipe', signal } = {}) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env,
      stdio: ['ignore', stdio, stdio],
      signal,
      killSignal: 'SIGKILL',
    });
    const forget = atExit(() => child.kill());
    let output = '';
    let stdout = '';
    let rest = '';
    /** @param {Buffer} chunk */
    const take = (chunk) => {
      const text = chunk.toString();
      output += text;
      if (onLine === undefined) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    };
    child.stdout?.on('data', (chunk) => (stdout += chunk));
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('error', (error) => resolve({ code: 127, output: error.message, stdout }));
    child.once('close', (code, killedBy) => {
      forget();
      resolve({ code: code ?? 1, output: killedBy ? `${output}\n${killedBy}` : output, stdout });
    });
  });
}
