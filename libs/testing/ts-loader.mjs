import { existsSync, readFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/**
 * `node --import ./libs/testing/ts-loader.mjs some.ts`: runs the project's TypeScript without building it, for child
 * processes of tests. Compiled by swc with the project's own settings, as Jest does it.
 */
const root = new URL('../../', import.meta.url);

if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const lib = /^#libs\/([^/]+)$/.exec(specifier);
  if (lib) return { url: new URL(`libs/${lib[1]}/src/index.ts`, root).href, shortCircuit: true };
  if (specifier.endsWith('.js') && context.parentURL !== undefined && /^\.\.?\//.test(specifier)) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, shortCircuit: true };
  }
  return next(specifier, context);
}

let swc;

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  swc ??= await import('@swc/core');
  const filename = fileURLToPath(url);
  const { code } = swc.transformSync(readFileSync(filename, 'utf8'), {
    filename,
    configFile: fileURLToPath(new URL('.swcrc', root)),
    sourceMaps: 'inline',
  });
  return { format: 'module', source: code, shortCircuit: true };
}
