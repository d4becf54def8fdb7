import { DomainError, type RpcContract } from '#libs/contracts';
import { contextFromHeaders, runInContext, type CallContext } from './call-context.js';
import { decode, encode } from './codec.js';
import type { Delivery } from './consumer-group.js';
import { toWireError } from './error-mapping.js';
import type { RpcHandler } from './handler-registry.js';
import type { RedisClock } from './redis-clock.js';
import type { Outcome } from './stream-consumer.js';
import type { TransportLogger } from './transport-logger.js';
import type { HandlingOutcome, TransportObserver } from './transport-observer.js';
import { parseRpcMessage, type RpcMessage, type WireError } from './wire.js';

const DROPPED = Promise.resolve<Outcome>({ type: 'done' });

/** Answers the requests of one service. */
export class RpcDispatcher {
  constructor(
    private readonly handlers: ReadonlyMap<string, RpcHandler>,
    private readonly clock: RedisClock,
    private readonly logger: TransportLogger,
    private readonly observer: TransportObserver,
  ) {}

  handle({ entryId, message: text }: Delivery): Promise<Outcome> {
    const message = parseRpcMessage(text);
    if (message === undefined) {
      this.logger.error({ entryId, message: text.slice(0, 500) }, 'dropped a request that is no request');
      this.observer.onDropped?.('', 'malformed');
      return DROPPED;
    }
    const deadlineAt = this.deadlineOf(entryId, message);
    if (deadlineAt <= performance.now()) {
      this.observer.onDropped?.(message.pattern, 'deadline');
      return DROPPED;
    }
    const context: CallContext = { ...contextFromHeaders(message.headers), deadlineAt };
    return runInContext(context, async (): Promise<Outcome> => {
      const reply = await this.answer(message);
      return { type: 'done', reply: { replyTo: message.replyTo, text: reply } };
    });
  }

  private deadlineOf(entryId: string, { ttlMs }: RpcMessage): number {
    return (this.clock.appendedAt(entryId) ?? performance.now()) + ttlMs;
  }

  /** @returns the reply as it goes on the wire */
  private async answer(message: RpcMessage): Promise<string> {
    const { callId, pattern } = message;
    const handler = this.handlers.get(pattern);
    if (handler === undefined) {
      this.logger.error({ pattern }, 'a request for which this service has no handler');
      this.observer.onDropped?.(pattern, 'unknown-pattern');
      return JSON.stringify({ callId, error: unknownPattern(pattern) });
    }
    const startedAt = performance.now();
    const ended = (outcome: HandlingOutcome) =>
      this.observer.onHandled?.(pattern, performance.now() - startedAt, outcome);
    try {
      const request = decode(handler.contract.request, message.request, `The request ${pattern}`);
      const text = JSON.stringify({
        callId,
        response: encodeResponse(handler.contract, await handler.answer(request)),
      });
      ended('ok');
      return text;
    } catch (error) {
      const wire = toWireError(error, handler.contract, this.logger);
      ended(wire.code);
      return JSON.stringify({ callId, error: wire });
    }
  }
}

/** A response that does not fit is this service's defect, not a fault of the request. */
function encodeResponse(contract: RpcContract, response: unknown): unknown {
  try {
    return encode(contract.response, response, `The response of ${contract.pattern}`);
  } catch (error) {
    throw new Error(`The handler of ${contract.pattern} returned what its contract does not allow`, {
      cause: error,
    });
  }
}

/** While a new version is rolled out, an old replica may meet a request that it does not know yet. */
function unknownPattern(pattern: string): WireError {
  const { code, message } = new DomainError(
    'UNAVAILABLE',
    `Nothing answers "${pattern}" in the version that runs`,
  );
  return { code, message };
}
