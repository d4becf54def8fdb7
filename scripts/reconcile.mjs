// @ts-check
import { requireNode } from './launcher/node-version.mjs';

requireNode();
// Only now: the rest may use what an old Node doesn't know.
const { reconcile } = await import('./launcher/reconcile.mjs');
await reconcile();
