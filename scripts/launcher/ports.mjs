// @ts-check
import { createServer } from 'node:net';

/**
 * @param {number} port 0 takes any
 * @param {string} host
 * @returns {Promise<number | undefined>} the port, or undefined when somebody has it
 */
function tryPort(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(port);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      const address = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(address.port));
    });
  });
}

/**
 * @param {number} port
 * @returns {Promise<boolean>} false also when it is taken on IPv6 only: `localhost` would lead a browser there
 */
export async function isPortFree(port) {
  // One after the other: they would stand in each other's way.
  for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
    if ((await tryPort(port, host)) === undefined) return false;
  }
  return true;
}

/** Handed out by this process lately: the system may name a port twice before its first user has opened it. */
/** @type {Set<number>} */
const handedOut = new Set();

/** @returns {Promise<number>} a port of 127.0.0.1 that nobody has, and that this process hasn't given away before */
export async function freePort() {
  for (;;) {
    const port = await tryPort(0, '127.0.0.1');
    if (port === undefined || handedOut.has(port)) continue;
    handedOut.add(port);
    return port;
  }
}
