// @ts-check
import { formatLogLine, isAtLeast, parseLogLine } from './service-log.mjs';
import { styleText } from './style.mjs';

/** @type {import('./style.mjs').Style[]} */
const NAME_STYLES = ['cyan', 'magenta', 'blue', 'yellow', 'green'];
const NAME_WIDTH = 'identity-10'.length;

/** Where the lines of all processes come together: each with the name of who said it, in a colour of its own. */
export class Terminal {
  /** Lines below this level are kept back: while things start, nobody wants to read how well it goes. */
  threshold = 'warn';
  #progress;
  #raw;
  /** @type {Map<string, import('./style.mjs').Style>} */
  #styles = new Map();

  /**
   * @param {import('./progress.mjs').Progress} progress
   * @param {{ raw: boolean }} options `raw`: JSON as the services write it, for a log collector
   */
  constructor(progress, { raw }) {
    this.#progress = progress;
    this.#raw = raw;
  }

  /**
   * @param {string} name
   * @param {string} line
   */
  take(name, line) {
    const parsed = parseLogLine(line);
    if (!isAtLeast(parsed.level, this.threshold)) return;
    if (this.#raw) return this.#progress.print(line);
    const { colour } = this.#progress;
    const prefix = styleText(this.#styleOf(name), name.padEnd(NAME_WIDTH), colour);
    for (const each of formatLogLine(parsed, colour).split('\n')) this.#progress.print(`${prefix} │ ${each}`);
  }

  /** @param {string} name */
  #styleOf(name) {
    const service = name.split('-')[0] ?? name;
    const known = this.#styles.get(service);
    if (known !== undefined) return known;
    const next = /** @type {import('./style.mjs').Style} */ (
      NAME_STYLES[this.#styles.size % NAME_STYLES.length]
    );
    this.#styles.set(service, next);
    return next;
  }
}
