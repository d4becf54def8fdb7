import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What one process used while something was measured. */
export interface CpuShare {
  readonly process: string;
  readonly seconds: number;
  /** Of all cores' time. */
  readonly share: number;
}

/** `/proc` counts in hundredths of a second (`USER_HZ`), on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The time of these processes on the CPU from now on. */
export class CpuWatch {
  private readonly startedAt = performance.now();
  private readonly before: ReadonlyMap<string, number>;

  /** @param processes ids by name; none where there is no `/proc` to ask. */
  constructor(private readonly processes: Readonly<Record<string, number>>) {
    this.before = this.now();
  }

  /** The busiest first. */
  shares(): CpuShare[] {
    const available = ((performance.now() - this.startedAt) / 1_000) * cpus().length;
    return [...this.now()]
      .map(([process, ticks]) => {
        const seconds = (ticks - (this.before.get(process) ?? 0)) / TICKS_PER_SECOND;
        return { process, seconds, share: seconds / available };
      })
      .toSorted((a, b) => b.seconds - a.seconds);
  }

  private now(): Map<string, number> {
    return new Map(
      Object.entries(this.processes).flatMap(([name, pid]) => {
        const ticks = ticksOf(pid);
        return ticks === undefined ? [] : [[name, ticks]];
      }),
    );
  }
}

/** @returns user and system time; undefined when the process, or `/proc`, is not there. */
function ticksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which stands in parentheses and may contain anything: field 3 comes first.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return undefined;
  }
}
