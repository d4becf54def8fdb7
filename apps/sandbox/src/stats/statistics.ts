import { Injectable } from '@nestjs/common';
import { Metrics } from '#libs/service';

/** Counters of this process, and the statistics that other parts keep for themselves. */
@Injectable()
export class Statistics {
  private readonly startedAt = Date.now();
  private readonly counters = new Map<string, Map<string, number>>();
  private readonly reporters = new Map<string, () => unknown>();
  private readonly exported;

  constructor(metrics: Metrics) {
    this.exported = metrics.counter('sandbox_events_total', 'What happened at the simulated channels', [
      'group',
      'name',
    ]);
  }

  count(group: string, name: string): void {
    const counters = this.counters.get(group) ?? new Map<string, number>();
    counters.set(name, (counters.get(name) ?? 0) + 1);
    this.counters.set(group, counters);
    this.exported.inc({ group, name });
  }

  /** Adds a part that knows its own figures. */
  report(name: string, reporter: () => unknown): void {
    this.reporters.set(name, reporter);
  }

  snapshot(): Record<string, unknown> {
    return {
      startedAt: new Date(this.startedAt).toISOString(),
      ...Object.fromEntries(
        [...this.counters].map(([group, counters]) => [group, Object.fromEntries(counters)]),
      ),
      ...Object.fromEntries([...this.reporters].map(([name, reporter]) => [name, reporter()])),
    };
  }
}
