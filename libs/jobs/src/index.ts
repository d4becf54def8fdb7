export { Sweep, type SweepOptions } from './sweep.js';
