import { DomainError } from '#libs/contracts';
import { contextFromHeaders, runInContext } from './call-context.js';
import { decode } from './codec.js';
import type { Delivery } from './consumer-group.js';
import type { DeadLetterBox } from './dead-letters.js';
import type { EventHandler } from './handler-registry.js';
import type { Outcome } from './stream-consumer.js';
import type { TransportLogger } from './transport-logger.js';
import type { TransportObserver } from './transport-observer.js';
import { parseEventMessage, type EventMessage } from './wire.js';

export interface RetryPolicy {
  /** After so many deliveries without success a message becomes a dead letter. */
  readonly maxDeliveries: number;
  /** Before the second attempt; each further wait is twice as long… */
  readonly retryBaseMs: number;
  /** …up to this. */
  readonly retryMaxMs: number;
}

const DONE: Outcome = { type: 'done' };

/** A message that can't succeed however often it is tried. */
class Hopeless extends Error {}

/** Gives the events that a service subscribes to, and its replayed dead letters, to their handlers. */
export class EventDispatcher {
  constructor(
    private readonly handlers: ReadonlyMap<string, EventHandler>,
    private readonly deadLetters: DeadLetterBox,
    private readonly policy: RetryPolicy,
    private readonly logger: TransportLogger,
    private readonly observer: TransportObserver,
  ) {}

  async handle({ entryId, message: text, deliveries }: Delivery): Promise<Outcome> {
    const message = parseEventMessage(text);
    if (message === undefined) {
      this.logger.error({ entryId, message: text.slice(0, 500) }, 'dropped an event that is no event');
      this.observer.onDropped?.('', 'malformed');
      return DONE;
    }
    return runInContext(contextFromHeaders(message.headers), () => this.attempt(message, deliveries));
  }

  private async attempt(message: EventMessage, deliveries: number): Promise<Outcome> {
    const startedAt = performance.now();
    try {
      await this.deliver(message, deliveries);
      this.observer.onHandled?.(message.name, performance.now() - startedAt, 'ok');
      return DONE;
    } catch (error) {
      this.observer.onHandled?.(message.name, performance.now() - startedAt, outcomeOf(error));
      return this.afterFailure(message, deliveries, error);
    }
  }

  private async deliver(message: EventMessage, deliveries: number): Promise<void> {
    const { name, id, headers } = message;
    const handler = this.handlers.get(name);
    if (handler === undefined) throw new Hopeless(`this service has no handler for "${name}"`);
    // Handed over by replicas that died with it: it may well be what they died of.
    if (deliveries > this.policy.maxDeliveries)
      throw new Hopeless(`delivered ${deliveries - 1} times without an end`);
    await handler.handle(payloadOf(handler, message), { id, name, headers, deliveries });
  }

  private async afterFailure(message: EventMessage, deliveries: number, error: unknown): Promise<Outcome> {
    const { name, id } = message;
    const afterMs = this.backOffMs(deliveries);
    if (deliveries < this.policy.maxDeliveries && !(error instanceof Hopeless)) {
      this.logger.warn(
        { event: name, id, deliveries, afterMs, err: error },
        'an event failed; it will be tried again',
      );
      return { type: 'retry', afterMs };
    }
    try {
      await this.deadLetters.add(message, { deliveries, error: textOf(error) });
    } catch (boxError) {
      this.logger.error(
        { event: name, id, err: boxError },
        'a dead letter could not be set aside; trying again',
      );
      return { type: 'retry', afterMs };
    }
    this.logger.error(
      { event: name, id, deliveries, err: error },
      'an event failed for good: it is a dead letter now',
    );
    this.observer.onDeadLetter?.(name);
    return DONE;
  }

  /** Full range of jitter on the upper half, so that what failed together does not come back together. */
  private backOffMs(deliveries: number): number {
    const { retryBaseMs, retryMaxMs } = this.policy;
    return Math.min(retryBaseMs * 2 ** (deliveries - 1), retryMaxMs) * (0.5 + Math.random() / 2);
  }
}

function payloadOf({ contract }: EventHandler, { name, payload }: EventMessage): unknown {
  try {
    return decode(contract.payload, payload, `The event ${name}`);
  } catch (error) {
    throw new Hopeless(textOf(error));
  }
}

function outcomeOf(error: unknown): 'retry' | DomainError['code'] {
  return DomainError.is(error) ? error.code : 'retry';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
