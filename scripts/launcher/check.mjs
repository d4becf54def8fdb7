// @ts-check
import { runChecks } from './checks.mjs';
import { readSettings } from './environment.mjs';
import { whilePreparing } from './launch.mjs';
import { main } from './main.mjs';
import { ensurePackages } from './packages.mjs';
import { Progress } from './progress.mjs';
import { ROOT } from './root.mjs';

/** `npm run check`. */
export function check() {
  return main(async () => {
    const { dataDir } = readSettings(ROOT);
    const progress = new Progress(process.stdout);
    await whilePreparing(dataDir, () =>
      progress.step('Installing the packages', (report) => ensurePackages(ROOT, report)),
    );
    const { passed, failed } = await runChecks(ROOT, progress);
    progress.print(`${passed} checks passed, ${failed} failed`);
    return failed > 0 ? 1 : 0;
  });
}
