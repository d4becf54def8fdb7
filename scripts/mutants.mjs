// @ts-check
import { requireNode } from './launcher/node-version.mjs';

requireNode();
// Only now: the rest may use what an old Node doesn't know.
const { mutants } = await import('./launcher/mutants.mjs');
await mutants();
