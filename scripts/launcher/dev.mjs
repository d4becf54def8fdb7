// @ts-check
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { atExit } from './last-resort.mjs';
import { launch } from './launch.mjs';
import { main } from './main.mjs';
import { ROOT } from './root.mjs';

const QUIET_MS = 400;

/** `npm run dev`: compiles on every change and restarts what it changed; the console comes from Vite, unbundled. */
export function dev() {
  return main(async () => {
    const { stack, progress, terminal } = await launch({ compiled: true });
    const page = await serveConsole(stack.urls.gateway);
    progress.print(
      `\nConsole (reloads by itself)  ${page}\nGateway                      ${stack.urls.gateway}\n`,
    );
    terminal.threshold = 'trace';
    compileOnChange((line) => terminal.take('tsc', line));
    restartOnChange(stack, (line) => terminal.take('dev', line));
  });
}

/**
 * @param {string} gateway where its API calls go
 * @returns {Promise<string>} its address
 */
async function serveConsole(gateway) {
  const { createServer } = await import('vite');
  const server = await createServer({
    configFile: join(ROOT, 'apps', 'console', 'vite.config.ts'),
    logLevel: 'warn',
    server: { port: 5173, proxy: { '/v1': gateway, '/socket.io': { target: gateway, ws: true } } },
  });
  await server.listen();
  return server.resolvedUrls?.local[0] ?? 'http://localhost:5173';
}

/** @param {(line: string) => void} onLine */
function compileOnChange(onLine) {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput', '--pretty', 'false'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  atExit(() => child.kill());
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line !== '') onLine(line);
  });
}

/**
 * @param {import('./stack.mjs').Stack} stack
 * @param {(line: string) => void} onLine
 */
function restartOnChange(stack, onLine) {
  const all = { ...stack.services, sandbox: stack.sandbox === undefined ? [] : [stack.sandbox] };
  /** @type {Set<string>} */
  const changed = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const restart = async () => {
    const names = Object.keys(all).filter((name) => changed.has(name) || changed.has('libs'));
    changed.clear();
    if (names.length === 0) return;
    onLine(`restarting ${names.join(', ')}`);
    const handles = Object.entries(all).flatMap(([name, replicas]) => (names.includes(name) ? replicas : []));
    await Promise.all(handles.map((handle) => handle.stop()));
    for (const handle of handles) handle.start();
  };
  watch(join(ROOT, 'dist'), { recursive: true }, (_, file) => {
    const [folder = '', app = ''] = (file ?? '').split('/');
    if (!file?.endsWith('.js') || (folder !== 'libs' && folder !== 'apps')) return;
    changed.add(folder === 'libs' ? 'libs' : app);
    clearTimeout(timer);
    // A library's change makes the compiler write many files, one after the other.
    timer = setTimeout(() => void restart(), QUIET_MS);
  });
}
