import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Health } from './health.js';

afterEach(() => {
  jest.useRealTimers();
});

describe('a process', () => {
  it('without anything to check is ready', async () => {
    expect(await new Health().ready()).toEqual({ ready: true, checks: [] });
  });

  it('is ready when everything that it needs answers', async () => {
    const health = new Health();
    health.register('mysql', () => Promise.resolve([{ 1: 1 }]));
    health.register('redis', () => Promise.resolve());
    expect(await health.ready()).toEqual({
      ready: true,
      checks: [
        { name: 'mysql', ok: true },
        { name: 'redis', ok: true },
      ],
    });
  });

  it('is not ready when one of it does not, and says which and why', async () => {
    const health = new Health();
    health.register('mysql', () => Promise.reject(new Error("can't be reached")));
    health.register('redis', () => Promise.resolve());
    expect(await health.ready()).toEqual({
      ready: false,
      checks: [
        { name: 'mysql', ok: false, reason: "can't be reached" },
        { name: 'redis', ok: true },
      ],
    });
  });

  it('is not ready when one of it says nothing at all, and does not wait for ever to say so', async () => {
    jest.useFakeTimers();
    const health = new Health();
    health.register('mysql', () => new Promise(() => undefined));
    health.register('redis', () => Promise.resolve());
    const asked = health.ready();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await asked).toEqual({
      ready: false,
      checks: [
        { name: 'mysql', ok: false, reason: 'no answer within 2000 ms' },
        { name: 'redis', ok: true },
      ],
    });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('asks all at the same time, and each time anew', async () => {
    const health = new Health();
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let up = false;
    health.register('waits for the other', () => opened);
    health.register('the other', async () => {
      open();
      if (!up) throw new Error('starting');
    });
    expect((await health.ready()).ready).toBe(false);
    up = true;
    expect((await health.ready()).ready).toBe(true);
  });

  it('is not ready any more from the moment that it is going to end, though all is well', async () => {
    const health = new Health();
    health.register('mysql', () => Promise.resolve());
    health.beginShutdown();
    expect(await health.ready()).toEqual({ ready: false, checks: [{ name: 'mysql', ok: true }] });
  });
});
