import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { IdGenerator, IdRefusedError, type NodeGrant } from './id-generator.js';
import { SEQUENCES, decodeId } from './id-layout.js';

const NOON = Date.UTC(2026, 10, 20, 12);

/** A node whose clock and whose right to issue ids the test turns by hand. */
class TestNode {
  nowMs = NOON;
  grant: NodeGrant = { node: 3, afterMs: 0, untilMs: Infinity };
  readonly generator = new IdGenerator({ grants: { current: () => this.grant }, clock: () => this.nowMs });

  next(gene = 0): bigint {
    return this.generator.next(gene);
  }

  /** Ids up to the first refusal. */
  issue(atMost: number): bigint[] {
    const ids: bigint[] = [];
    try {
      while (ids.length < atMost) ids.push(this.next());
    } catch (error) {
      if (!(error instanceof IdRefusedError)) throw error;
    }
    return ids;
  }
}

describe('an id', () => {
  it('tells when, by whom and for whom it was issued', () => {
    const node = new TestNode();
    expect(decodeId(node.next(42))).toMatchObject({ at: new Date(NOON), node: 3, gene: 42 });
    expect(node.generator.nextId(7)).toMatch(/^\d{19}$/);
  });

  it('is larger than all before it, however many are asked for at once', () => {
    const generator = new IdGenerator({ grants: { current: () => new TestNode().grant } });
    const ids = Array.from({ length: 20_000 }, () => generator.next(63));
    expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? id))).toBe(true);
  });

  it.each([-1, 64, 1.5, Number.NaN])('has no gene %p', (gene) => {
    expect(() => new TestNode().next(gene)).toThrow(RangeError);
  });

  it('starts each millisecond at a small sequence number, not always the same', () => {
    const node = new TestNode();
    const starts = Array.from({ length: 200 }, () => {
      node.nowMs += 1;
      return decodeId(node.next()).sequence;
    });
    expect(Math.max(...starts)).toBeLessThan(16);
    expect(new Set(starts).size).toBeGreaterThan(4);
  });
});

describe('a clock that misbehaves', () => {
  it('stands still: the millisecond is used up, then ids are refused until it ticks', () => {
    const node = new TestNode();
    const ids = node.issue(2 * SEQUENCES);
    expect(ids.length).toBeGreaterThan(SEQUENCES - 16);
    expect(ids.length).toBeLessThanOrEqual(SEQUENCES);
    expect(() => node.next()).toThrow(IdRefusedError);
    node.nowMs += 1;
    expect(decodeId(node.next()).at).toEqual(new Date(NOON + 1));
  });

  it('steps back a little: ids go on under the last millisecond', () => {
    const node = new TestNode();
    const before = node.next();
    node.nowMs -= 2_000;
    const after = node.next();
    expect(after).toBeGreaterThan(before);
    expect(decodeId(after).at).toEqual(new Date(NOON));
  });

  it('steps back a little with nothing left of the last millisecond: refused until it has caught up', () => {
    const node = new TestNode();
    const ids = node.issue(2 * SEQUENCES);
    node.nowMs -= 500;
    expect(() => node.next()).toThrow('The clock is 500 ms behind the last id, whose millisecond is used up');
    node.nowMs += 501;
    expect(node.next()).toBeGreaterThan(ids.at(-1) ?? 0n);
  });

  it('steps back far: refused until it has caught up', () => {
    const node = new TestNode();
    const before = node.next();
    node.nowMs -= 3_600_000;
    expect(() => node.next()).toThrow(
      'The clock stepped back by 3600000 ms: no ids until it has caught up, or until this process is started again',
    );
    node.nowMs += 3_600_000;
    expect(node.next()).toBeGreaterThan(before);
  });

  it('jumps ahead over the end of the lease for a moment: refused then, and at once fine again', () => {
    const node = new TestNode();
    node.grant = { ...node.grant, untilMs: NOON + 30_000 };
    node.next();
    node.nowMs += 3_600_000;
    expect(() => node.next()).toThrow('The right to node 3 ends 3570000 ms before the id');
    node.nowMs -= 3_600_000;
    expect(decodeId(node.next()).at).toEqual(new Date(NOON));
    expect(node.generator.lastIssuedMs).toBe(NOON);
  });

  it.each([1, Date.UTC(2009, 11, 31), Date.UTC(2080, 0, 1)])('is wrong altogether (%p): refused', (nowMs) => {
    const node = new TestNode();
    node.nowMs = nowMs;
    expect(() => node.next()).toThrow('which is not between 2010 and 2079: set it right');
  });

  it('never makes an id come twice, however it jumps', () => {
    const jumps = fc.array(
      fc.record({ byMs: fc.integer({ min: -4_000, max: 4_000 }), ids: fc.integer({ min: 0, max: 300 }) }),
      { minLength: 10, maxLength: 60 },
    );
    fc.assert(
      fc.property(jumps, (steps) => {
        const node = new TestNode();
        const ids = steps.flatMap(({ byMs, ids: count }) => {
          node.nowMs += byMs;
          return node.issue(count);
        });
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a node number that changes hands', () => {
  it('is not used by the successor before the moment that the predecessor reached', () => {
    const predecessor = new TestNode();
    const theirs = predecessor.issue(SEQUENCES / 2);
    const successor = new TestNode();
    successor.grant = { ...successor.grant, afterMs: predecessor.generator.lastIssuedMs };
    expect(() => successor.next()).toThrow(IdRefusedError);
    successor.nowMs += 1;
    expect(theirs).not.toContain(successor.next());
  });

  it('comes back to its former holder: what was issued in between is behind it, whatever the clock says', () => {
    const node = new TestNode();
    node.next();
    node.grant = { ...node.grant, afterMs: NOON + 1_000 };
    node.nowMs = NOON + 500;
    expect(() => node.next()).toThrow(IdRefusedError);
    node.nowMs = NOON + 1_000;
    expect(() => node.next()).toThrow(IdRefusedError);
    node.nowMs = NOON + 1_001;
    expect(decodeId(node.next()).at).toEqual(new Date(NOON + 1_001));
  });

  it('is exchanged for another: not one millisecond of the other number is shared with who had it before', () => {
    const node = new TestNode();
    const last = node.next();
    node.grant = { node: 5, afterMs: decodeId(last).at.getTime(), untilMs: Infinity };
    expect(() => node.next()).toThrow(IdRefusedError);
    node.nowMs += 1;
    expect(decodeId(node.next())).toMatchObject({ node: 5, at: new Date(NOON + 1) });
  });

  it('never gives an id twice over a chain of holders whose clocks disagree', () => {
    const holders = fc.array(
      fc.record({
        clockOffMs: fc.integer({ min: -1_500, max: 1_500 }),
        steps: fc.array(fc.integer({ min: -50, max: 300 }), { minLength: 1, maxLength: 8 }),
      }),
      { minLength: 2, maxLength: 10 },
    );
    fc.assert(
      fc.property(holders, (chain) => {
        let afterMs = 0;
        let trueMs = NOON;
        const ids = chain.flatMap(({ clockOffMs, steps }) => {
          const node = new TestNode();
          node.grant = { ...node.grant, afterMs };
          const issued = steps.flatMap((byMs) => {
            trueMs += byMs;
            node.nowMs = trueMs + clockOffMs;
            return node.issue(40);
          });
          afterMs = Math.max(afterMs, node.generator.lastIssuedMs);
          return issued;
        });
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 100 },
    );
  });
});
