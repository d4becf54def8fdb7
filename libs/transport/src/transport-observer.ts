import type { ErrorCode } from '#libs/contracts';

/** How the handling of one message ended. `retry`: an event that failed and will be tried again. */
export type HandlingOutcome = 'ok' | 'retry' | ErrorCode;

export type DropReason = 'deadline' | 'malformed' | 'unknown-pattern';

/** Told of what a metric would count. `pattern` is an RPC pattern or an event name; `stream` a Redis key. */
export interface TransportObserver {
  onHandled?(pattern: string, durationMs: number, outcome: HandlingOutcome): void;
  onDropped?(pattern: string, reason: DropReason): void;
  /** Messages taken over from a replica that died. */
  onClaimed?(stream: string, count: number): void;
  onDeadLetter?(eventName: string): void;
  /** Messages being handled by this replica now. */
  inFlight?(stream: string, count: number): void;
  /** Messages waiting for any replica of this service; told at every heartbeat. */
  backlog?(stream: string, count: number): void;
}
