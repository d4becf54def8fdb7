import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SharedLook } from './shared-look.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Looks that take so long; each sees its own number. */
function looksOf(tookMs: number) {
  let looks = 0;
  return new SharedLook(
    () =>
      new Promise<number>((resolve) => {
        const number = (looks += 1);
        setTimeout(() => resolve(number), tookMs);
      }),
  );
}

async function seenIn<T>(look: SharedLook<T>, tookMs: number): Promise<T> {
  const seen = look.get();
  await jest.advanceTimersByTimeAsync(tookMs);
  return seen;
}

describe('a look', () => {
  it('is one for all who ask while it is under way', async () => {
    const look = looksOf(10);
    const first = look.get();
    expect(look.get()).toBe(first);
    expect(await seenIn(look, 10)).toBe(1);
  });

  it('that costs nothing is taken anew by who asks later', async () => {
    const look = looksOf(10);
    expect(await seenIn(look, 10)).toBe(1);
    expect(await seenIn(look, 10)).toBe(2);
  });

  it('that took a second is shown for ten, and no longer', async () => {
    const look = looksOf(1_000);
    expect(await seenIn(look, 1_000)).toBe(1);
    expect(await seenIn(look, 9_999)).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await seenIn(look, 1_000)).toBe(2);
  });

  it('that failed is taken again', async () => {
    const failing = [Promise.reject(new Error('no book')), Promise.resolve('the book')];
    const look = new SharedLook(() => failing.shift() ?? Promise.reject(new Error('asked too often')));
    await expect(look.get()).rejects.toThrow('no book');
    expect(await look.get()).toBe('the book');
  });
});
