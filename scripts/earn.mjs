// @ts-check
import { requireNode } from './launcher/node-version.mjs';

requireNode();
// Only now: the rest may use what an old Node doesn't know.
const { askRunning } = await import('./launcher/ask-running.mjs');
/**
 * `npm run earn -- --merchant <id> --owner <id> [--yuan 1000.00] [--days 14] [--seed 1]`: spends of a merchant's wallet, as
 * ads would make them, so that a traffic owner has earnings.
 */
await askRunning('apps/traffic/src/seed.js');
