export { Sweep, type SweepOptions } from './sweep.js';
export { within } from './within.js';
