// @ts-check
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the repository. */
export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
