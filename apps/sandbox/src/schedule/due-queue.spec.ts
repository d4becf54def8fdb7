import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../testing/until.js';
import { DueQueue } from './due-queue.js';

describe('a due queue', () => {
  const fired: string[] = [];
  let queue = new DueQueue((id) => fired.push(id));

  afterEach(() => {
    queue.stop();
    queue = new DueQueue((id) => fired.push(id));
    fired.length = 0;
  });

  it('calls back in the order of time, in whatever order it was told', async () => {
    const now = Date.now();
    const ids = Array.from({ length: 200 }, (_, number) => number);
    // A permutation: 37 and 200 have no common divisor.
    for (const number of ids.map((id) => (id * 37) % 200)) queue.set(String(number), now + 20 + number / 10);

    await until('all to be due', () => fired.length === 200);
    expect(fired.map(Number)).toEqual(ids);
  });

  it('calls back at once for a time that has passed, never before one that has not', async () => {
    const dueAt = Date.now() + 60;
    let firedAt = 0;
    const timed = new DueQueue(() => (firedAt = Date.now()));
    timed.set('later', dueAt);
    queue.set('past', 0);

    await until('both', () => fired.length === 1 && firedAt > 0);
    expect(firedAt).toBeGreaterThanOrEqual(dueAt);
    timed.stop();
  });

  it('moves an id to its new time, earlier or later, and calls it once', async () => {
    const now = Date.now();
    queue.set('moved later', now + 10);
    queue.set('moved later', now + 80);
    queue.set('moved earlier', now + 10_000);
    queue.set('moved earlier', now + 30);
    queue.set('last', now + 120);

    await until('the last', () => fired.includes('last'));
    expect(fired).toEqual(['moved earlier', 'moved later', 'last']);
  });

  it('forgets an id that was deleted', async () => {
    queue.set('deleted', Date.now() + 10);
    queue.set('kept', Date.now() + 30);
    queue.delete('deleted');

    await until('the other', () => fired.length > 0);
    expect(fired).toEqual(['kept']);
    expect(queue.size).toBe(0);
  });

  it('waits for times that are farther away than a timer can go', async () => {
    queue.set('in fifty days', Date.now() + 50 * 86_400_000);
    queue.set('now', Date.now());

    await until('the near one', () => fired.length > 0);
    expect(fired).toEqual(['now']);
    expect(queue.size).toBe(1);
  });

  it('is silent once it was stopped', async () => {
    const other = new DueQueue(() => fired.push('other'));
    queue.set('stopped', Date.now() + 5);
    queue.stop();
    other.set('other', Date.now() + 40);

    await until('the other queue', () => fired.length > 0);
    expect(fired).toEqual(['other']);
    other.stop();
  });
});
