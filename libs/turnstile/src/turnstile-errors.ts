/** Why a call was not admitted. Nothing was done: the resource never heard of it. */
export class TurnstileError extends Error {}

/** It stood in line for longer than it was willing to. */
export class TurnstileTimeoutError extends TurnstileError {
  override readonly name = 'TurnstileTimeoutError';
}

/** The same call (by its key) is waiting or running already, here or in another replica. */
export class DuplicateCallError extends TurnstileError {
  override readonly name = 'DuplicateCallError';
}

/** The resource is failing, and whoever waits in front of a screen is told so at once. */
export class CircuitOpenError extends TurnstileError {
  override readonly name = 'CircuitOpenError';
}

/** Redis, where the line is, has not answered for about two seconds. */
export class TurnstileUnavailableError extends TurnstileError {
  override readonly name = 'TurnstileUnavailableError';
}
