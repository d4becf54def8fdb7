// @ts-check
// This module is what an old Node sees first: it uses nothing that Node 14 doesn't have.

const WANTED_MAJOR = 20;
const WANTED_MINOR = 19;

/**
 * @param {string} version such as `20.19.0`
 * @returns {boolean}
 */
export function isNodeRecentEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > WANTED_MAJOR || (major === WANTED_MAJOR && minor >= WANTED_MINOR);
}

/** Ends the process with one sentence when this Node is too old. */
export function requireNode() {
  if (isNodeRecentEnough(process.versions.node)) return;
  console.error(
    `Clearbid needs Node.js ${WANTED_MAJOR}.${WANTED_MINOR} or newer and this is ${process.versions.node}: install a newer one from https://nodejs.org and try again.`,
  );
  process.exit(1);
}
