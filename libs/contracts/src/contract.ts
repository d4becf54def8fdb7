import { z } from 'zod';
import type { ErrorCode } from './errors.js';

/**
 * A request that one service answers, e.g. `wallet.get-balances`. The part before the first dot names the service
 * that owns it, and so the stream that carries it.
 */
export interface RpcContract<
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Code extends ErrorCode = ErrorCode,
> {
  readonly type: 'rpc';
  readonly pattern: string;
  readonly request: Request;
  readonly response: Response;
  /** Expected refusals. Any other error reaches the caller as `INTERNAL`. */
  readonly errors: readonly Code[];
}

/** A fact in the past tense, e.g. `order.paid`; any number of services may subscribe, each gets it at least once. */
export interface EventContract<Payload extends z.ZodType = z.ZodType> {
  readonly type: 'event';
  readonly name: string;
  readonly payload: Payload;
}

export type RequestOf<C extends RpcContract> = z.output<C['request']>;
export type ResponseOf<C extends RpcContract> = z.output<C['response']>;
export type PayloadOf<C extends EventContract> = z.output<C['payload']>;

export function rpc<
  Request extends z.ZodType,
  Response extends z.ZodType,
  const Code extends ErrorCode = never,
>(
  pattern: `${string}.${string}`,
  parts: { request: Request; response: Response; errors?: readonly Code[] },
): RpcContract<Request, Response, Code> {
  return {
    type: 'rpc',
    pattern,
    request: parts.request,
    response: parts.response,
    errors: parts.errors ?? [],
  };
}

export function event<Payload extends z.ZodType>(
  name: `${string}.${string}`,
  payload: Payload,
): EventContract<Payload> {
  return { type: 'event', name, payload };
}

/** The service that answers a contract: `wallet.get-balances` → `wallet`. */
export function serviceOf(contract: Pick<RpcContract, 'pattern'>): string {
  return contract.pattern.slice(0, contract.pattern.indexOf('.'));
}
