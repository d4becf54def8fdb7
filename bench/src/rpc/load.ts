export interface LoadFigures {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Keeps so many calls outstanding for so long. */
export async function load(
  call: () => Promise<unknown>,
  outstanding: number,
  forMs: number,
): Promise<LoadFigures> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + forMs;
  const caller = async () => {
    for (let sentAt = performance.now(); sentAt < until; sentAt = performance.now()) {
      await call();
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: outstanding }, caller));
  const tookMs = performance.now() - startedAt;
  latencies.sort((a, b) => a - b);
  return {
    callsPerSecond: (latencies.length / tookMs) * 1000,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

/** Of each figure the median over all rounds: one disturbed round does not count. */
export function medianOf(rounds: readonly LoadFigures[]): LoadFigures {
  const median = (figure: (round: LoadFigures) => number) =>
    percentile(
      rounds.map(figure).sort((a, b) => a - b),
      0.5,
    );
  return {
    callsPerSecond: median((round) => round.callsPerSecond),
    p50Ms: median((round) => round.p50Ms),
    p99Ms: median((round) => round.p99Ms),
  };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
