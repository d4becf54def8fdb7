import { describe, expect, it } from '@jest/globals';
import { UnreachedKeys } from './unreached-keys.js';

const LONG_MS = 60_000;

async function reached(keys: UnreachedKeys): Promise<string[]> {
  const seen: string[] = [];
  await keys.forEach(async (key) => void seen.push(key));
  return seen;
}

describe('keys that Redis could not be told of', () => {
  it('are remembered until it could', async () => {
    const keys = new UnreachedKeys(LONG_MS);
    keys.add('a');
    keys.add('b');
    expect([keys.has('a'), keys.has('b'), keys.has('c')]).toEqual([true, true, false]);
    expect(await reached(keys)).toEqual(['a', 'b']);
    expect([keys.has('a'), keys.has('b')]).toEqual([false, false]);
    expect(await reached(keys)).toEqual([]);
  });

  it('are kept when it still could not', async () => {
    const keys = new UnreachedKeys(LONG_MS);
    keys.add('a');
    await expect(keys.forEach(() => Promise.reject(new Error('still away')))).rejects.toThrow('still away');
    expect(await reached(keys)).toEqual(['a']);
  });

  it('are told again when they changed once more in the middle of telling', async () => {
    const keys = new UnreachedKeys(LONG_MS);
    keys.add('a');
    let told = 0;
    await keys.forEach(async (key) => {
      told += 1;
      if (told === 1) keys.add(key);
    });
    expect(told).toBe(2);
    expect(keys.has('a')).toBe(false);
  });

  it('are forgotten when nothing old can live there any more', async () => {
    const keys = new UnreachedKeys(0);
    keys.add('a');
    expect(keys.has('a')).toBe(false);
    expect(await reached(keys)).toEqual([]);
  });
});
