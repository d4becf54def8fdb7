// @ts-check
import { accessSync, constants } from 'node:fs';
import { findProgram, run } from './commands.mjs';
import { canInstallDebianPackages, installDebianPackages } from './debian.mjs';
import { Problem } from './problem.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

function findChromium() {
  const given = process.env.CHROMIUM_PATH;
  for (const file of [given, findProgram(NAMES), MAC]) {
    if (!file) continue;
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      if (file === given)
        throw new Problem(`CHROMIUM_PATH names ${file}, which is no program that can be run.`);
    }
  }
  return undefined;
}

/**
 * @param {(detail: string) => void} report
 * @returns {Promise<string>} path of a Chromium or Chrome, with fonts for Chinese where that can be seen to
 * @throws {Problem} that says what to install
 */
export async function ensureChromium(report) {
  if (findChromium() === undefined && canInstallDebianPackages())
    await installDebianPackages(['chromium'], report);
  const chromium = findChromium();
  if (chromium === undefined) {
    throw new Problem(
      'The browser tests need Chromium and this machine has none: install it (`sudo apt-get install chromium`) or set CHROMIUM_PATH, then try again.',
    );
  }
  if (canInstallDebianPackages() && !(await hasChineseFont()))
    await installDebianPackages(['fonts-noto-cjk'], report);
  report(chromium);
  return chromium;
}

async function hasChineseFont() {
  const { code, output } = await run('fc-list', [':lang=zh', 'family']);
  return code === 0 && output.trim() !== '';
}
