import type { ErrorMeaning } from './error-meaning.js';
import { identityErrors } from './identity/errors.js';
import { paymentErrors } from './payment/errors.js';
import { walletErrors } from './wallet/errors.js';
import { withdrawalErrors } from './withdrawal/errors.js';

/** Refusals that any call may meet, whatever its contract lists. */
export const commonErrors = {
  VALIDATION_FAILED: { status: 400, title: 'The request is not valid' },
  UNAUTHENTICATED: { status: 401, title: 'Sign in first' },
  FORBIDDEN: { status: 403, title: 'This account may not do that' },
  NOT_FOUND: { status: 404, title: 'There is no such thing here' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not take that method' },
  CONFLICT: { status: 409, title: 'The request contradicts the present state' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'The body has the wrong content type' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  INTERNAL: { status: 500, title: 'Something went wrong on our side' },
  UNAVAILABLE: { status: 503, title: 'The service is not available right now' },
  OVERLOADED: { status: 503, title: 'The service has more work than it can take' },
  TIMEOUT: { status: 504, title: 'No answer in time: the outcome is unknown' },
} as const satisfies Record<string, ErrorMeaning>;

/** Every code of the platform, in one exhaustive table. */
export const errorTable = {
  ...commonErrors,
  ...identityErrors,
  ...paymentErrors,
  ...walletErrors,
  ...withdrawalErrors,
} as const satisfies Record<string, ErrorMeaning>;

export type CommonErrorCode = keyof typeof commonErrors;
export type ErrorCode = keyof typeof errorTable;

/** One offending field, named by its path: `amount`, `items.0.id`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface ErrorDetails {
  readonly errors?: readonly FieldError[];
  readonly [key: string]: unknown;
}

/**
 * A refusal that the caller can act on. It crosses the wire between services unchanged; `message` is written for a
 * person and names the thing concerned (the order, the field), never a secret.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  static is(error: unknown, code?: ErrorCode): error is DomainError {
    return error instanceof DomainError && (code === undefined || error.code === code);
  }
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorTable, code);
}
