// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAMS, bundlePrograms } from './build.mjs';
import { run } from './commands.mjs';
import { readSettings } from './environment.mjs';
import { whilePreparing } from './launch.mjs';
import { main } from './main.mjs';
import { ensurePackages } from './packages.mjs';
import { Problem } from './problem.mjs';
import { Progress } from './progress.mjs';
import { ROOT } from './root.mjs';

const DOCUMENT = join('docs', 'openapi.json');
const TYPES = join('apps', 'console', 'src', 'api', 'schema.gen.ts');

/** `npm run openapi`: writes the API document from the gateway's code, and the console's types from the document. */
export function openapi() {
  return main(async () => {
    const { dataDir } = readSettings(ROOT);
    const progress = new Progress(process.stdout);
    await whilePreparing(dataDir, async () => {
      await progress.step('Installing the packages', (report) => ensurePackages(ROOT, report));
      await progress.step('Bundling the services', (report) => bundlePrograms(ROOT, report));
    });
    await progress.step(DOCUMENT, async () => {
      const json = await outputOf(join(ROOT, PROGRAMS, 'apps', 'gateway', 'src', 'openapi.js'));
      JSON.parse(json);
      mkdirSync(join(ROOT, 'docs'), { recursive: true });
      writeFileSync(join(ROOT, DOCUMENT), json);
    });
    await progress.step(TYPES, () =>
      outputOf(
        join(ROOT, 'node_modules', 'openapi-typescript', 'bin', 'cli.js'),
        DOCUMENT,
        '--output',
        TYPES,
      ),
    );
  });
}

/**
 * @param {string} script
 * @param {string[]} args
 */
async function outputOf(script, ...args) {
  const { code, output, stdout } = await run(process.execPath, [script, ...args], { cwd: ROOT });
  if (code !== 0) throw new Problem(`${script} failed with code ${code}: see above.`, output);
  return stdout;
}
