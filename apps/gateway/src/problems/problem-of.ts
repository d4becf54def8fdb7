import { DomainError, errorTable, type ErrorCode } from '#libs/contracts';
import { HttpException } from '@nestjs/common';
import type { Problem } from './problem.js';

/** What of a request a problem document tells. */
export interface ProblemContext {
  readonly path: string;
  readonly requestId: string;
}

/**
 * Codes whose messages speak of our insides (which service, which server), and so are not for callers: for these
 * there is one sentence that says what to do.
 */
const INTERNALS: Partial<Record<ErrorCode, string>> = {
  INTERNAL: 'Something went wrong on our side. It has been recorded under this requestId',
  UNAVAILABLE: 'Nothing was done. Try again in a moment',
  OVERLOADED: 'Nothing was done. Try again in a moment',
  TIMEOUT:
    'No answer came in time, so it is unknown whether this was done. Look before you repeat it; a request with an ' +
    'Idempotency-Key is safe to repeat with the same key and body',
};

/** What HTTP itself refuses, before any of our code has seen the request. */
const CODE_OF_STATUS: Partial<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
};

/** Any error as a refusal that a caller can act on. Surprises become INTERNAL and tell nothing. */
export function refusalOf(error: unknown): DomainError {
  if (DomainError.is(error)) return error;
  const status = statusOf(error);
  if (status === undefined || status >= 500) {
    return new DomainError(status === 503 ? 'UNAVAILABLE' : 'INTERNAL', '');
  }
  const code = CODE_OF_STATUS[status] ?? 'VALIDATION_FAILED';
  const message = error instanceof Error ? error.message : errorTable[code].title;
  return new DomainError(code, message, isAboutBody(error) ? { errors: [{ field: 'body', message }] } : {});
}

export function problemOf(refusal: DomainError, { path, requestId }: ProblemContext): Problem {
  const { code, details } = refusal;
  const { status, title } = errorTable[code];
  return {
    type: `urn:clearbid:problem:${code}`,
    title,
    status,
    detail: INTERNALS[code] ?? refusal.message,
    code,
    instance: path,
    requestId,
    ...(details.errors === undefined ? {} : { errors: [...details.errors] }),
  };
}

/** Seconds after which to try again, where trying again helps: too many requests, or not available now. */
export function retryAfterSeconds({ status, details }: DomainError): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const told = details.retryAfterSeconds;
  return typeof told === 'number' ? Math.max(1, Math.ceil(told)) : 1;
}

/** Fastify refuses a body with codes of its own, which Nest wraps. */
function isAboutBody(error: unknown): boolean {
  const cause = error instanceof HttpException ? error.cause : error;
  return cause instanceof Error && 'code' in cause && String(cause.code).startsWith('FST_ERR_CTP');
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  // Fastify's own errors carry their status; so do those of its plug-ins.
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode;
  }
  return undefined;
}
