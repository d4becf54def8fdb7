import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from '@jest/globals';
import { Coalescer } from './coalescer.js';

/** Work that goes on until it is told to end, so that a test decides what is waiting meanwhile. */
class Gate {
  readonly batches: (readonly number[])[] = [];
  private readonly doors: (() => void)[] = [];

  work = async (items: readonly number[]): Promise<number[]> => {
    this.batches.push(items);
    await new Promise<void>((resolve) => this.doors.push(resolve));
    return items.map((item) => item * 10);
  };

  /** Ends the oldest batch that is still being worked on. */
  async endOne(): Promise<void> {
    this.doors.shift()?.();
    await turn();
  }
}

/** Until everything that follows from what has happened has happened. */
async function turn(): Promise<void> {
  for (let count = 0; count < 3; count += 1) await new Promise((resolve) => setImmediate(resolve));
}

const submitAll = (coalescer: Coalescer<number, number>, items: readonly number[]) =>
  Promise.all(items.map((item) => coalescer.submit(item)));

describe('what is asked for', () => {
  it('in the same turn goes in one batch, in order, and everybody gets their own answer', async () => {
    const batches: (readonly number[])[] = [];
    const work = async (items: readonly number[]) => {
      batches.push(items);
      return items.map((item) => item * 10);
    };
    const coalescer = new Coalescer(work, { maxBatch: 100, lanes: 2 });

    expect(await submitAll(coalescer, [1, 2, 3])).toEqual([10, 20, 30]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it('while every lane is busy waits, and goes together afterwards', async () => {
    const gate = new Gate();
    const coalescer = new Coalescer(gate.work, { maxBatch: 100, lanes: 1 });
    const first = coalescer.submit(1);
    await turn();
    const rest = [coalescer.submit(2)];
    await turn();
    rest.push(coalescer.submit(3), coalescer.submit(4));
    await turn();
    expect(gate.batches).toEqual([[1]]);

    await gate.endOne();
    expect(gate.batches).toEqual([[1], [2, 3, 4]]);
    await gate.endOne();
    expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
  });

  it('never makes a batch larger than it may be', async () => {
    const gate = new Gate();
    const coalescer = new Coalescer(gate.work, { maxBatch: 2, lanes: 1 });
    const answers = submitAll(coalescer, [1, 2, 3, 4, 5]);
    await turn();
    for (let count = 0; count < 3; count += 1) await gate.endOne();
    expect(gate.batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(await answers).toEqual([10, 20, 30, 40, 50]);
  });

  it('never keeps more batches going than there are lanes', async () => {
    const gate = new Gate();
    const coalescer = new Coalescer(gate.work, { maxBatch: 1, lanes: 2 });
    const answers = submitAll(coalescer, [1, 2, 3, 4]);
    await turn();
    expect(gate.batches).toEqual([[1], [2]]);
    await gate.endOne();
    expect(gate.batches).toEqual([[1], [2], [3]]);
    for (let count = 0; count < 3; count += 1) await gate.endOne();
    expect(await answers).toEqual([10, 20, 30, 40]);
  });

  it('after all was quiet is begun at once again', async () => {
    const coalescer = new Coalescer(async (items: readonly number[]) => items.map(String), {
      maxBatch: 9,
      lanes: 1,
    });
    expect(await coalescer.submit(1)).toBe('1');
    await turn();
    expect(await coalescer.submit(2)).toBe('2');
  });
});

describe('what goes wrong', () => {
  it("with one item is that item's own affair", async () => {
    const work = async (items: readonly number[]) =>
      items.map((item) => (item === 2 ? new Error('not two') : item));
    const coalescer = new Coalescer<number, number>(work, { maxBatch: 9, lanes: 1 });
    const [one, two, three] = await Promise.allSettled([1, 2, 3].map((item) => coalescer.submit(item)));
    expect(one).toEqual({ status: 'fulfilled', value: 1 });
    expect(two).toEqual({ status: 'rejected', reason: new Error('not two') });
    expect(three).toEqual({ status: 'fulfilled', value: 3 });
  });

  it('with a batch is told to everybody in it, and to nobody in the next', async () => {
    let runs = 0;
    const work = async (items: readonly number[]) => {
      runs += 1;
      if (runs === 1) throw new Error('the database is gone');
      return items;
    };
    const coalescer = new Coalescer<number, number>(work, { maxBatch: 2, lanes: 1 });
    const results = await Promise.allSettled([1, 2, 3].map((item) => coalescer.submit(item)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('when an answer is missing is an error, never silence', async () => {
    const coalescer = new Coalescer<number, number>(async () => [1], { maxBatch: 9, lanes: 1 });
    const [, second] = await Promise.allSettled([coalescer.submit(1), coalescer.submit(2)]);
    expect(second).toEqual({
      status: 'rejected',
      reason: new Error('The batch gave no result for this item'),
    });
  });
});

describe('a batch of many callers', () => {
  it('runs in the context of none of them', async () => {
    const context = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const work = async (items: readonly number[]) => {
      seen.push(context.getStore());
      return items;
    };
    const coalescer = new Coalescer(work, { maxBatch: 9, lanes: 1 });
    await Promise.all([
      context.run('request 1', () => coalescer.submit(1)),
      context.run('request 2', () => coalescer.submit(2)),
    ]);
    expect(seen).toEqual([undefined]);
  });
});
