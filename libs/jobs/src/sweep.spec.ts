import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Sweep, type SweepOptions } from './sweep.js';

const EVERY_MS = 1_000;

let sweeps: Sweep[];
beforeEach(() => {
  sweeps = [];
  jest.useFakeTimers();
});
afterEach(async () => {
  await Promise.all(sweeps.map((sweep) => sweep.stop()));
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

function newSweep(work: SweepOptions['work'], more: Partial<SweepOptions> = {}): Sweep {
  const sweep = new Sweep({
    name: 'sweep',
    everyMs: EVERY_MS,
    batch: 10,
    work,
    onError: () => undefined,
    ...more,
  });
  sweeps.push(sweep);
  return sweep;
}

/** Work that finds so much in each of its rounds, and nothing after that. */
function finds(...amounts: number[]) {
  const rounds: number[] = [];
  const work = async () => {
    rounds.push(Date.now());
    return amounts[rounds.length - 1] ?? 0;
  };
  return { rounds, work };
}

describe('a sweep', () => {
  it('looks again and again from its start, one interval apart', async () => {
    const { rounds, work } = finds();
    const sweep = newSweep(work);
    await pass(5 * EVERY_MS);
    expect(rounds).toHaveLength(0);

    sweep.start();
    await pass(EVERY_MS - 1);
    expect(rounds).toHaveLength(0);
    await pass(1);
    expect(rounds).toHaveLength(1);
    await pass(3 * EVERY_MS);
    expect(rounds).toHaveLength(4);
  });

  it('goes on at once while its rounds are full, and rests when one is not', async () => {
    const { rounds, work } = finds(10, 10, 12, 9);
    newSweep(work).start();
    await pass(EVERY_MS + 10);
    expect(rounds).toHaveLength(4);
    await pass(EVERY_MS);
    expect(rounds).toHaveLength(5);
  });

  it('never works on two rounds at a time, however long one takes', async () => {
    let working = 0;
    let most = 0;
    let end: () => void = () => undefined;
    const work = async () => {
      working += 1;
      most = Math.max(most, working);
      await new Promise<void>((resolve) => (end = resolve));
      working -= 1;
      return 0;
    };
    const sweep = newSweep(work);
    sweep.start();
    sweep.start();
    await pass(10 * EVERY_MS);
    expect([working, most]).toEqual([1, 1]);
    end();
    await pass(EVERY_MS);
    expect([working, most]).toEqual([1, 1]);
    end();
  });

  it('tells of a round that failed, by its name, and comes again after the interval', async () => {
    const told: [string, string][] = [];
    let rounds = 0;
    const work = async () => {
      rounds += 1;
      if (rounds < 3) throw new Error(`round ${rounds}`);
      return 0;
    };
    newSweep(work, {
      name: 'sweep the outbox',
      onError: (error, name) => told.push([(error as Error).message, name]),
    }).start();
    await pass(3 * EVERY_MS);
    expect(rounds).toBe(3);
    expect(told).toEqual([
      ['round 1', 'sweep the outbox'],
      ['round 2', 'sweep the outbox'],
    ]);
  });
});

describe('stopping', () => {
  it('ends it, until it is started again', async () => {
    const { rounds, work } = finds();
    const sweep = newSweep(work);
    sweep.start();
    await pass(2 * EVERY_MS);
    await sweep.stop();
    await pass(5 * EVERY_MS);
    expect(rounds).toHaveLength(2);

    sweep.start();
    await pass(EVERY_MS);
    expect(rounds).toHaveLength(3);
  });

  it('waits for the round that is under way, after which there is none', async () => {
    let rounds = 0;
    let end: () => void = () => undefined;
    const work = async () => {
      rounds += 1;
      await new Promise<void>((resolve) => (end = resolve));
      return 10;
    };
    const sweep = newSweep(work);
    sweep.start();
    await pass(EVERY_MS);
    let stopped = false;
    const stopping = sweep.stop().then(() => (stopped = true));
    await pass(EVERY_MS);
    expect([rounds, stopped]).toEqual([1, false]);

    end();
    await stopping;
    await pass(5 * EVERY_MS);
    expect(rounds).toBe(1);
  });

  it('of what was never started is nothing', async () => {
    await expect(newSweep(async () => 0).stop()).resolves.toBeUndefined();
  });
});
