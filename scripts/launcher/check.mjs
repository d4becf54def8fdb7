// @ts-check
import { join } from 'node:path';
import { runChecks } from './checks.mjs';
import { readSettings } from './environment.mjs';
import { withLock } from './lock.mjs';
import { main } from './main.mjs';
import { ensurePackages } from './packages.mjs';
import { Progress } from './progress.mjs';
import { ROOT } from './root.mjs';

/** `npm run check`. */
export function check() {
  return main(async () => {
    const { dataDir } = readSettings(ROOT);
    const progress = new Progress(process.stdout);
    await withLock(join(dataDir, 'preparing.lock'), () =>
      progress.step('Installing the packages', (report) => ensurePackages(ROOT, report)),
    );
    const { passed, failed } = await runChecks(ROOT, progress);
    progress.print(`${passed} checks passed, ${failed} failed`);
    return failed > 0 ? 1 : 0;
  });
}
