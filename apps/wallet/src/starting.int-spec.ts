import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { ROOT } from '../../../scripts/launcher/root.mjs';

it('A service that still waits for its servers ends with the supervisor that started it', async () => {
  // Takes connections and never says a word, as a server does whose machine has just died.
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const child = fork('apps/wallet/src/main.ts', {
    cwd: ROOT,
    execArgv: ['--import', './libs/testing/ts-loader.mjs'],
    env: {
      ...process.env,
      MYSQL_URL: `mysql://a:b@127.0.0.1:${port}`,
      REDIS_URL: `redis://127.0.0.1:${port}`,
    },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await once(silent, 'connection');

  child.disconnect();

  expect(await ended).toEqual([0, null]);
  silent.close();
});
