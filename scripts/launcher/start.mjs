// @ts-check
import { seedEarnings } from './earnings.mjs';
import { launch } from './launch.mjs';
import { main } from './main.mjs';
import { elapsed } from './progress.mjs';
import { DEMO_PASSWORD, box, formatReceipt, rechargeOnce } from './receipt.mjs';

/** `npm start`. */
export function start() {
  return main(async () => {
    const startedAt = Date.now();
    const launched = await launch();
    await welcome(launched);
    launched.progress.print(`Clearbid is up after ${elapsed(startedAt)}. Ctrl-C stops everything.\n`);
    launched.terminal.threshold = 'trace';
  });
}

/**
 * Shows that it works, and where to go from here.
 *
 * @param {import('./launch.mjs').Launched} launched
 */
async function welcome({ stack, settings: { production }, progress }) {
  const { gateway, gateways, sandbox } = stack.urls;
  if (!production && sandbox !== undefined) {
    const receipt = await progress.step('Recharging the demo wallet', (report) =>
      rechargeOnce({ gateway, sandbox }, report),
    );
    await progress.step('Seeding earnings', (report) => seedEarnings(stack, report));
    progress.print(`\n${formatReceipt(receipt, progress.colour)}`);
  }
  const addresses = [
    ['Console', gateway],
    ['API documents', `${gateway}/docs`],
    ...gateways.slice(1).map((url, index) => [`Gateway ${index + 2}`, url]),
    ...(sandbox === undefined
      ? []
      : [
          ['Alipay sandbox', sandbox],
          ['Pay there', `POST ${sandbox}/control/trades/{outTradeNo}/pay {"notify":"normal"}`],
        ]),
  ].map(([label = '', value = '']) => `${label.padEnd(16)}${value}`);
  progress.print(`\n${box('Addresses', addresses, progress.colour)}\n`);
  if (production) return;
  const people = ['merchant', 'traffic', 'operator', 'auditor'].map(
    (name) => `${name}@demo.test`.padEnd(24) + DEMO_PASSWORD,
  );
  progress.print(`${box('Demo sign-ins', people, progress.colour)}\n`);
}
