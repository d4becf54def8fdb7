import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { EPOCH_MS, LAST_MS, decodeId, encodeId, geneOf } from './id-layout.js';

const sixBits = fc.integer({ min: 0, max: 63 });
const tenBits = fc.integer({ min: 0, max: 1023 });

describe('the layout of an id', () => {
  /** Ids that exist are read by this layout for ever: a change that breaks one of these lines loses orders. */
  it.each([
    ['2010-01-01T00:00:00.000Z', 0, 0, 0, '0'],
    ['2010-01-01T00:00:00.001Z', 0, 0, 0, '4194304'],
    ['2026-11-20T08:30:00.000Z', 1, 1, 1, '2234974312857666561'],
    ['2026-11-20T08:30:00.123Z', 63, 42, 1023, '2234974313377672191'],
  ])('stays what it is: %s, node %i, gene %i, sequence %i is %s', (at, node, gene, sequence, id) => {
    expect(encodeId(Date.parse(at), node, gene, sequence).toString()).toBe(id);
    expect(decodeId(id)).toEqual({ at: new Date(at), node, gene, sequence });
  });

  it('keeps all four parts, and the gene can be had alone', () => {
    const at = fc.integer({ min: EPOCH_MS, max: LAST_MS });
    fc.assert(
      fc.property(at, sixBits, sixBits, tenBits, (atMs, node, gene, sequence) => {
        const id = encodeId(atMs, node, gene, sequence);
        expect(decodeId(id)).toEqual({ at: new Date(atMs), node, gene, sequence });
        expect(geneOf(id)).toBe(gene);
        expect(geneOf(id.toString())).toBe(gene);
      }),
    );
  });

  it('fits a signed BIGINT with 19 digits until 2079', () => {
    expect(encodeId(LAST_MS, 63, 63, 1023)).toBe(2n ** 63n - 1n);
    expect(new Date(LAST_MS).toISOString()).toBe('2079-09-07T15:47:35.551Z');
    expect(encodeId(Date.UTC(2017, 7, 1), 0, 0, 0).toString()).toHaveLength(19);
    expect(encodeId(LAST_MS, 63, 63, 1023).toString()).toHaveLength(19);
  });

  it('sorts by time first', () => {
    expect(encodeId(EPOCH_MS + 2, 0, 0, 0) > encodeId(EPOCH_MS + 1, 63, 63, 1023)).toBe(true);
  });
});
