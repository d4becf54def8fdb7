import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RUNGS_SECONDS, type QueryLadder, isDueToClose, nextQueryAt } from './query-ladder.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const CREATED = new Date('2026-11-20T03:00:00Z');
const after = (ms: number) => new Date(CREATED.getTime() + ms);

const LADDER: QueryLadder = {
  rungsMs: DEFAULT_RUNGS_SECONDS.map((seconds) => seconds * SECOND),
  expiryGraceMs: 5 * SECOND,
};
const EXPIRY_MS = 30 * MINUTE;
const CLOSE_MS = EXPIRY_MS + 5 * SECOND;

/** Seconds after its creation at which an attempt is next asked about. */
function nextSeconds(queryCount: number, nowMs: number, expiryMs = EXPIRY_MS): number {
  const asked = { createdAt: CREATED, expiresAt: after(expiryMs), queryCount };
  return (nextQueryAt(LADDER, asked, after(nowMs)).getTime() - CREATED.getTime()) / SECOND;
}

/** When an attempt of which the channel says nothing is asked about, in seconds, if each query is made on time. */
function climb(steps: number, startMs = 0): number[] {
  const asked: number[] = [];
  for (let count = 0, nowMs = startMs; count < steps; count += 1) {
    const at = nextSeconds(count, nowMs);
    asked.push(at);
    nowMs = at * SECOND;
  }
  return asked;
}

describe('the ladder', () => {
  it('asks after 10, 20 and 30 seconds, then ever slower until the attempt is due to be closed', () => {
    expect(climb(9)).toEqual([10, 20, 30, 60, 120, 240, 480, 900, 1_800]);
    expect(nextSeconds(9, 1_800 * SECOND)).toBe(CLOSE_MS / SECOND);
  });

  it('keeps to its rungs when a sweep comes a little late', () => {
    expect(nextSeconds(1, 10_900)).toBe(20);
    expect(nextSeconds(2, 21_500)).toBe(30);
    expect(nextSeconds(4, 61_000)).toBe(120);
  });

  it.each([4, 9, 10, 11, 15, 29, 31, 45, 100])(
    'is due at the closing at the latest (expiry after %d s)',
    (expirySeconds) => {
      const closeMs = expirySeconds * SECOND + LADDER.expiryGraceMs;
      for (let count = 0; count <= DEFAULT_RUNGS_SECONDS.length + 1; count += 1) {
        for (let nowMs = 0; nowMs < closeMs; nowMs += 500) {
          const next = nextSeconds(count, nowMs, expirySeconds * SECOND);
          expect(next).toBeLessThanOrEqual(closeMs / SECOND);
          expect(next * SECOND).toBeGreaterThan(nowMs);
        }
      }
    },
  );

  it('has nothing left to ask of an attempt that has expired but to close it', () => {
    const expiresAt = after(EXPIRY_MS);
    expect(isDueToClose(LADDER, { expiresAt }, after(EXPIRY_MS))).toBe(false);
    expect(isDueToClose(LADDER, { expiresAt }, after(CLOSE_MS - 1))).toBe(false);
    expect(isDueToClose(LADDER, { expiresAt }, after(CLOSE_MS))).toBe(true);
  });
});

describe('behind schedule', () => {
  it('takes up the ladder where it would stand by now, after we were down', () => {
    // Down from the first second on; the first query is made after five minutes, the next is due on the next rung.
    expect(nextSeconds(1, 5 * MINUTE)).toBe(480);
    expect(nextSeconds(1, 25)).toBe(20);
  });

  it('does not miss the closing, however long we were down before it', () => {
    expect(nextSeconds(1, 29 * MINUTE)).toBe(1_800);
    expect(nextSeconds(1, EXPIRY_MS + SECOND)).toBe(CLOSE_MS / SECOND);
  });

  it('asks about an attempt at once whose every rung and whose expiry have passed, as soon as it has asked before', () => {
    const firstMs = 3 * 60 * MINUTE;
    const next = nextSeconds(1, firstMs) * SECOND;
    expect(next).toBeGreaterThan(firstMs);
    expect(next).toBeLessThanOrEqual(firstMs + 15 * MINUTE);
  });
});

describe('a channel that is silent even after the expiry', () => {
  it('is asked ever more rarely, but for ever, and every quarter of an hour at least', () => {
    const gaps: number[] = [];
    let nowMs = CLOSE_MS;
    for (let count = 10; count < 40; count += 1) {
      const nextMs = nextSeconds(count, nowMs) * SECOND;
      gaps.push(nextMs - nowMs);
      nowMs = nextMs;
    }
    expect(gaps[0]).toBe(10 * SECOND);
    expect([...gaps].sort((a, b) => a - b)).toEqual(gaps);
    expect(gaps.at(-1)).toBe(15 * MINUTE);
  });
});
