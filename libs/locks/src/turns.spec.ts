import { describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { Turns } from './turns.js';

const LONG_MS = 10_000;

describe('turns', () => {
  it('come one at a time, in the order of asking', async () => {
    const turns = new Turns();
    const order: number[] = [];
    let inside = 0;
    const asking = Array.from({ length: 20 }, async (_, number) => {
      const end = await turns.take('wallet', LONG_MS);
      inside += 1;
      order.push(inside === 1 ? number : Number.NaN);
      await delay(1);
      inside -= 1;
      end?.();
    });
    await Promise.all(asking);
    expect(order).toEqual(Array.from({ length: 20 }, (_, number) => number));
  });

  it('of one wallet are no business of another', async () => {
    const turns = new Turns();
    await turns.take('one', LONG_MS);
    expect(await turns.take('another', 0)).toBeDefined();
  });

  it('that do not come in time are given up, and the next in line is not forgotten', async () => {
    const turns = new Turns();
    const end = await turns.take('wallet', LONG_MS);
    const impatient = turns.take('wallet', 5);
    const patient = turns.take('wallet', LONG_MS);
    expect(await impatient).toBeUndefined();
    end?.();
    expect(await patient).toBeDefined();
  });

  it('pause now and then in a line that never ends, so that other processes get the lock too', async () => {
    const turns = new Turns();
    let endedAt = performance.now();
    let longestPauseMs = 0;
    const takers = Array.from({ length: 20 }, async () => {
      const end = await turns.take('wallet', LONG_MS);
      longestPauseMs = Math.max(longestPauseMs, performance.now() - endedAt);
      await delay(5);
      endedAt = performance.now();
      end?.();
    });
    await Promise.all(takers);
    // Those outside look every 2 to 6 ms.
    expect(longestPauseMs).toBeGreaterThan(6);
  });

  it('are free again when nobody waits', async () => {
    const turns = new Turns();
    (await turns.take('wallet', LONG_MS))?.();
    expect(await turns.take('wallet', 0)).toBeDefined();
  });
});
