import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wallet } from '#libs/contracts';
import { eventually } from '#libs/testing';
import { io } from 'socket.io-client';
import { callApi } from './testing/api-caller.js';
import { aMerchant } from './testing/people.js';
import { PlainService } from './testing/plain-service.js';
import { startTestEdge, type TestEdge } from './testing/test-edge.js';

describe('a gateway that is told to stop', () => {
  let edge: TestEdge;
  let walletService: PlainService;
  let finish: () => void;

  beforeEach(async () => {
    edge = await startTestEdge();
    walletService = new PlainService('wallet', edge.redisServer.url).answer(
      wallet.getWallet,
      async ({ ownerId }) => {
        await new Promise<void>((resolve) => (finish = resolve));
        return { ownerId, accounts: [] };
      },
    );
    await walletService.start();
  });
  afterEach(async () => {
    await walletService.stop();
    await edge.stop();
  });

  it('finishes what has begun, lets pages go, and takes nothing new', async () => {
    const token = await edge.signIn(aMerchant());
    const page = io(edge.url, { transports: ['websocket'], auth: { token }, reconnection: false });
    await eventually('the page is connected', () => page.connected);
    const begun = callApi(edge.url, 'GET /v1/wallet', { token });
    await eventually('the request is at the wallet', () => walletService.received.length === 1);

    const stopped = edge.app.close();
    await eventually('the page is let go', () => page.disconnected);
    await eventually('nothing new is taken', async () => {
      const refused = await callApi(edge.url, 'GET /health/live').then(
        () => false,
        () => true,
      );
      return refused;
    });
    finish();

    expect(await begun).toMatchObject({ status: 200, body: { currency: 'CNY' } });
    await stopped;
  });
});
