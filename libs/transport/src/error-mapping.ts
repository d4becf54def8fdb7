import { commonErrors, DomainError, isErrorCode, type ErrorCode, type RpcContract } from '#libs/contracts';
import type { TransportLogger } from './transport-logger.js';
import type { WireError } from './wire.js';

type KnownWireError = WireError & { readonly code: ErrorCode };

const INTERNAL: KnownWireError = { code: 'INTERNAL', message: commonErrors.INTERNAL.title };

/**
 * What a caller gets to know of an error: the refusals that its contract announces, and the common ones. Anything
 * else is a defect of the service: its stack goes to the log, and the caller learns only that there was one.
 */
export function toWireError(error: unknown, contract: RpcContract, logger: TransportLogger): KnownWireError {
  if (DomainError.is(error) && mayLeave(error.code, contract)) {
    const wire = { code: error.code, message: error.message, details: error.details };
    if (canTravel(wire)) return wire;
  }
  logger.error(
    { pattern: contract.pattern, err: error },
    'a request failed in a way its contract does not announce',
  );
  return INTERNAL;
}

/** The error that a reply carries, as the exception it was at the other end. */
export function fromWireError(wire: WireError): DomainError {
  if (!isErrorCode(wire.code)) return new DomainError('INTERNAL', INTERNAL.message);
  return new DomainError(wire.code, wire.message, wire.details);
}

function mayLeave(code: ErrorCode, contract: RpcContract): boolean {
  return Object.hasOwn(commonErrors, code) || contract.errors.includes(code);
}

function canTravel(wire: WireError): boolean {
  try {
    JSON.stringify(wire);
    return true;
  } catch {
    return false;
  }
}
