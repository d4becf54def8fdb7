// @ts-check
import { styleText, wantsColour } from './style.mjs';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** @typedef {(detail: string) => void} Report says what is going on, or in the end what came out */

/** @typedef {{ title: string, detail: string, startedAt: number }} Step */

/** Steps of a longer work on a terminal (one moving line) or in a log (a line when a step ends). */
export class Progress {
  #stream;
  #colour;
  /** @type {Set<Step>} */
  #running = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  #ticker;
  #frame = 0;
  #drawn = false;

  /** @param {NodeJS.WriteStream} [stream] without one it says nothing */
  constructor(stream) {
    this.#stream = stream;
    this.#colour = stream !== undefined && wantsColour(stream);
  }

  get colour() {
    return this.#colour;
  }

  /**
   * @template T
   * @param {string} title
   * @param {(report: Report) => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  async step(title, work) {
    const step = { title, detail: '', startedAt: Date.now() };
    this.#running.add(step);
    this.#tick();
    try {
      const result = await work((detail) => (step.detail = detail));
      this.#end(step, styleText('green', '✓', this.#colour));
      return result;
    } catch (error) {
      step.detail = '';
      this.#end(step, styleText('red', '✗', this.#colour));
      throw error;
    }
  }

  /** @param {string} text whole lines, without the last line break */
  print(text) {
    this.#clear();
    this.#stream?.write(`${text}\n`);
    this.#draw();
  }

  /**
   * @param {Step} step
   * @param {string} mark
   */
  #end(step, mark) {
    this.#running.delete(step);
    if (this.#running.size === 0) clearInterval(this.#ticker);
    const detail = step.detail === '' ? '' : `: ${step.detail}`;
    this.print(`${mark} ${step.title}${detail} ${styleText('gray', elapsed(step.startedAt), this.#colour)}`);
  }

  #tick() {
    if (this.#stream?.isTTY !== true || this.#running.size !== 1) return;
    this.#ticker = setInterval(() => {
      this.#frame += 1;
      this.#clear();
      this.#draw();
    }, 100);
    this.#ticker.unref();
  }

  #clear() {
    if (this.#drawn) this.#stream?.write('\r\u001b[2K');
    this.#drawn = false;
  }

  #draw() {
    if (this.#stream?.isTTY !== true || this.#running.size === 0) return;
    const steps = [...this.#running].map(
      ({ title, detail, startedAt }) => `${title}${detail === '' ? '' : `: ${detail}`} ${elapsed(startedAt)}`,
    );
    const line = `${FRAMES[this.#frame % FRAMES.length]} ${steps.join(' · ')}`;
    this.#stream.write(line.slice(0, (this.#stream.columns ?? 80) - 1));
    this.#drawn = true;
  }
}

/** @param {number} since */
export function elapsed(since) {
  const seconds = (Date.now() - since) / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
