import type { TransportObserver } from '#libs/transport';
import type { Metrics } from './metrics.js';

/** What the transport does, as Prometheus metrics. */
export function transportObserver(metrics: Metrics): TransportObserver {
  const handled = metrics.durations('message', 'Messages handled, by pattern and outcome', [
    'pattern',
    'outcome',
  ]);
  const dropped = metrics.counter('messages_dropped_total', 'Messages not handled', ['pattern', 'reason']);
  const claimed = metrics.counter('messages_claimed_total', 'Messages taken over from dead replicas', [
    'stream',
  ]);
  const deadLetters = metrics.counter('dead_letters_total', 'Events given up after the last attempt', [
    'event',
  ]);
  const inFlight = metrics.gauge('messages_in_flight', 'Messages being handled now', ['stream']);
  const backlog = metrics.gauge('messages_backlog', 'Messages waiting for any replica', ['stream']);
  return {
    onHandled: (pattern, durationMs, outcome) => handled.observe({ pattern, outcome }, durationMs / 1_000),
    onDropped: (pattern, reason) => dropped.inc({ pattern, reason }),
    onClaimed: (stream, count) => claimed.inc({ stream }, count),
    onDeadLetter: (event) => deadLetters.inc({ event }),
    inFlight: (stream, count) => inFlight.set({ stream }, count),
    backlog: (stream, count) => backlog.set({ stream }, count),
  };
}
