// @ts-check
import { requireNode } from './launcher/node-version.mjs';

requireNode();
// Only now: the rest may use what an old Node doesn't know.
const { askRunning } = await import('./launcher/ask-running.mjs');
/** `npm run reconcile -- --date 2026-11-20 [--account alipay-main]`: compares a day with the channels' bills. */
await askRunning('apps/payment/src/reconcile.js');
