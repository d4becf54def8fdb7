// @ts-check

/** @type {Record<string, number>} */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** npm passes Ctrl-C on to a child that has got it from the terminal already: that is not a second Ctrl-C. */
const SAME_KEYPRESS_MS = 1_000;

/**
 * Ends this process in order at the first SIGINT, SIGTERM or SIGHUP, and at once at the next one.
 *
 * @param {(signal: string) => Promise<void>} stop
 * @param {{ samePressMs?: number }} [options]
 */
export function endOnSignals(stop, { samePressMs = SAME_KEYPRESS_MS } = {}) {
  let firstAt = 0;
  for (const [name, code] of Object.entries(EXIT_CODES)) {
    process.on(name, () => {
      if (firstAt === 0) {
        firstAt = Date.now();
        stop(name).then(
          () => process.exit(code),
          (error) => {
            console.error(error);
            process.exit(code);
          },
        );
      } else if (Date.now() - firstAt >= samePressMs) {
        // What still runs is killed by its own `atExit`.
        process.exit(code);
      }
    });
  }
}
