import type { Redis } from 'ioredis';

/** A better measurement replaces the kept one at once, a worse one only when that is older than this. */
const MEASUREMENT_AGE_MS = 30_000;

interface Measurement {
  /** Redis's wall clock minus this process's monotonic clock. */
  readonly offsetMs: number;
  /** The offset is wrong by half of this at most. */
  readonly roundTripMs: number;
  readonly takenAt: number;
}

function isBetter(taken: Measurement, kept: Measurement): boolean {
  const apartMs = Math.abs(taken.offsetMs - kept.offsetMs);
  const clockWasSet = apartMs > (taken.roundTripMs + kept.roundTripMs) / 2;
  return (
    clockWasSet || taken.roundTripMs <= kept.roundTripMs || taken.takenAt - kept.takenAt > MEASUREMENT_AGE_MS
  );
}

/**
 * Relates Redis's clock, which stamps every stream entry, to this process's monotonic one, so that the age of a
 * message is known without trusting that two machines agree on the time.
 */
export class RedisClock {
  private measurement: Measurement | undefined;

  async measure(redis: Redis): Promise<void> {
    const sentAt = performance.now();
    const [seconds, microseconds] = await redis.time();
    const receivedAt = performance.now();
    const redisMs = Number(seconds) * 1000 + Number(microseconds) / 1000;
    const roundTripMs = receivedAt - sentAt;
    const taken = { offsetMs: redisMs - (sentAt + receivedAt) / 2, roundTripMs, takenAt: receivedAt };
    if (this.measurement === undefined || isBetter(taken, this.measurement)) this.measurement = taken;
  }

  /** The connection was lost: what answers next may be another Redis, with another clock. */
  forget(): void {
    this.measurement = undefined;
  }

  /** When a stream entry was appended, on this process's monotonic clock; undefined while Redis's clock is not known. */
  appendedAt(entryId: string): number | undefined {
    if (this.measurement === undefined) return undefined;
    return Number(entryId.slice(0, entryId.indexOf('-'))) - this.measurement.offsetMs;
  }
}
