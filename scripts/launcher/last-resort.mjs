// @ts-check

/** @type {Set<() => void>} */
const actions = new Set();
let listening = false;

/**
 * Runs `action` when this process ends in whatever way leaves it a last moment: `process.exit`, an uncaught
 * exception, a second Ctrl-C. Only synchronous work gets done there.
 *
 * @param {() => void} action
 * @returns {() => void} takes it back
 */
export function atExit(action) {
  if (!listening) {
    listening = true;
    process.once('exit', () => {
      // Last come, first undone: a server ends before the folder that it lives in is removed.
      for (const each of [...actions].toReversed()) each();
    });
  }
  actions.add(action);
  return () => actions.delete(action);
}
