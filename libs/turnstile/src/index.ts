/** A line in front of a limited resource, shared by all replicas. */
export {
  CircuitOpenError,
  DuplicateCallError,
  TurnstileError,
  TurnstileTimeoutError,
  TurnstileUnavailableError,
} from './turnstile-errors.js';
export {
  type CircuitState,
  type PassRequest,
  type Priority,
  type ResourceState,
  Turnstile,
  type TurnstileOptions,
} from './turnstile.js';
export type { CallOutcome, LineLimits } from './waiting-line.js';
