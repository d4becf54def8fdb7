// @ts-check

const FIRST_MS = 200;
const LONGEST_MS = 10_000;
const HEALTHY_AFTER_MS = 30_000;

/** How long to wait before something that died is started again. */
export class Backoff {
  #failures = 0;

  /**
   * @param {number} aliveMs how long it lived this time
   * @returns {number} milliseconds: doubling from 0.2 s to 10 s, with up to a fifth of jitter so that replicas which
   *   died of the same cause don't come back in the same moment
   */
  next(aliveMs) {
    if (aliveMs >= HEALTHY_AFTER_MS) this.#failures = 0;
    const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    return Math.round(pause * (0.8 + Math.random() * 0.2));
  }
}
