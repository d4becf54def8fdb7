export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface RechargeFigures {
  readonly perSecond: number;
  readonly create: Latencies;
  /** From the channel's sending a notify to its having our answer. */
  readonly notify: Latencies;
}

export function latenciesOf(samples: readonly number[]): Latencies {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Runs `count` tasks, so many at a time. */
export async function runConcurrently(
  count: number,
  concurrency: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) await task(index);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
