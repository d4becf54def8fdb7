import { describe, expect, it } from '@jest/globals';
import { deadlineIn, runInContext } from '#libs/transport';
import { ConcurrencyLimit } from './concurrency-limit.js';

/** Work that ends when the test says so, and a count of how much of it runs. */
function controlledWork() {
  const ends: (() => void)[] = [];
  let running = 0;
  let most = 0;
  return {
    start: () => {
      running += 1;
      most = Math.max(most, running);
      return new Promise<void>((resolve) => {
        ends.push(() => {
          running -= 1;
          resolve();
        });
      });
    },
    endOne: () => ends.shift()?.(),
    running: () => running,
    most: () => most,
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('ConcurrencyLimit', () => {
  it('runs two at once and the others in turn', async () => {
    const limit = new ConcurrencyLimit({ concurrency: 2, queueLimit: 10, what: 'things' });
    const work = controlledWork();
    const all = Promise.all(Array.from({ length: 5 }, () => limit.run(work.start)));
    await settled();
    expect(work.running()).toBe(2);
    for (let i = 0; i < 5; i += 1) {
      work.endOne();
      await settled();
    }
    await all;
    expect(work.most()).toBe(2);
    expect(work.running()).toBe(0);
  });

  it('refuses when the queue is full, and takes more when it has emptied', async () => {
    const limit = new ConcurrencyLimit({ concurrency: 1, queueLimit: 1, what: 'sign-ins' });
    const work = controlledWork();
    const first = limit.run(work.start);
    const second = limit.run(work.start);
    await expect(limit.run(work.start)).rejects.toMatchObject({
      code: 'OVERLOADED',
      message: 'Too many sign-ins at once: try again in a moment',
    });
    await settled();
    work.endOne();
    await first;
    await settled();
    work.endOne();
    await second;
    const third = limit.run(work.start);
    await settled();
    work.endOne();
    await third;
  });

  it('gives the place back when the work fails', async () => {
    const limit = new ConcurrencyLimit({ concurrency: 1, queueLimit: 0, what: 'things' });
    await expect(limit.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(limit.run(() => Promise.resolve('fine'))).resolves.toBe('fine');
  });

  it('does not begin what nobody waits for any more', async () => {
    const limit = new ConcurrencyLimit({ concurrency: 1, queueLimit: 1, what: 'sign-ins' });
    const work = controlledWork();
    const first = limit.run(work.start);
    const context = { requestId: 'impatient', deadlineAt: deadlineIn(-1) };
    const late = runInContext(context, () => limit.run(() => Promise.reject(new Error('was begun'))));
    await settled();
    work.endOne();
    await first;
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
