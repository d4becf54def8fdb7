import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Seconds; from a cache hit to a call that is about to time out. */
const LATENCY_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

/** The Prometheus metrics of one process; every name starts with `clearbid_`. */
export class Metrics {
  readonly registry = new Registry();

  constructor(service: string, replica: string) {
    this.registry.setDefaultLabels({ service, replica });
    collectDefaultMetrics({ register: this.registry });
  }

  counter<Label extends string>(name: string, help: string, labels: readonly Label[] = []): Counter<Label> {
    return new Counter({
      name: `clearbid_${name}`,
      help,
      labelNames: [...labels],
      registers: [this.registry],
    });
  }

  gauge<Label extends string>(name: string, help: string, labels: readonly Label[] = []): Gauge<Label> {
    return new Gauge({ name: `clearbid_${name}`, help, labelNames: [...labels], registers: [this.registry] });
  }

  /** Durations, in seconds as Prometheus wants them. */
  durations<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[] = [],
  ): Histogram<Label> {
    return new Histogram({
      name: `clearbid_${name}_seconds`,
      help,
      labelNames: [...labels],
      buckets: LATENCY_BUCKETS,
      registers: [this.registry],
    });
  }
}
