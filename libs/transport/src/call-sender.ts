import type { Redis } from 'ioredis';
import { DomainError } from '#libs/contracts';
import { keys, MESSAGE_FIELD } from './keys.js';
import { failureOf } from './redis-connection.js';
import { RedisScript } from './redis-script.js';
import { TickBatch } from './tick-batch.js';
import type { TransportLogger } from './transport-logger.js';

interface OutgoingCall {
  readonly message: string;
  /** Called only when it is certain that the service will never see the message. */
  readonly onNotSent: (reason: DomainError) => void;
}

/**
 * Appends as many messages as the backlog has room for, and tells how many; `error` is what stopped it otherwise.
 * The limit is the service's own (the key is written with its heartbeat); without it, the sender's default holds.
 */
const APPEND = new RedisScript(`
  local limit = tonumber(redis.call('GET', KEYS[2]) or ARGV[1])
  local room = limit - redis.call('XLEN', KEYS[1])
  local accepted = 0
  for i = 2, #ARGV do
    if accepted >= room then break end
    local added = redis.pcall('XADD', KEYS[1], '*', '${MESSAGE_FIELD}', ARGV[i])
    if type(added) == 'table' and added.err then return { accepted, added.err } end
    accepted = accepted + 1
  end
  return { accepted, '' }
`);

/** Puts requests into the streams of services; all requests of one tick to one service go in one script call. */
export class CallSender {
  private readonly batches = new Map<string, TickBatch<OutgoingCall>>();

  constructor(
    private readonly redis: Redis,
    private readonly backlogLimit: number,
    private readonly logger: TransportLogger,
  ) {}

  send(service: string, call: OutgoingCall): void {
    let batch = this.batches.get(service);
    if (batch === undefined) {
      batch = new TickBatch((calls) => void this.append(service, calls));
      this.batches.set(service, batch);
    }
    batch.add(call);
  }

  private async append(service: string, calls: readonly OutgoingCall[]): Promise<void> {
    if (this.redis.status !== 'ready') return refuse(calls, unavailable(service));
    try {
      const result = await APPEND.run(
        this.redis,
        [keys.rpc(service), keys.backlogLimit(service)],
        [this.backlogLimit, ...calls.map((call) => call.message)],
      );
      const [accepted, error] = result as [number, string];
      if (accepted === calls.length) return;
      if (error !== '') this.logger.error({ service, error }, 'Redis refused to take a request');
      refuse(calls.slice(accepted), error === '' ? overloaded(service) : unavailable(service));
    } catch (error) {
      // What may have been sent waits for its reply, or for its deadline: then the outcome is unknown, and said to be.
      if (failureOf(error) === 'unknown') return;
      this.logger.error({ service, error }, 'a request could not be sent');
      refuse(calls, unavailable(service));
    }
  }
}

function refuse(calls: readonly OutgoingCall[], reason: DomainError): void {
  for (const call of calls) call.onNotSent(reason);
}

function unavailable(service: string): DomainError {
  return new DomainError('UNAVAILABLE', `The request to ${service} could not be sent: try again in a moment`);
}

function overloaded(service: string): DomainError {
  return new DomainError(
    'OVERLOADED',
    `${service} has more work waiting than it can take: try again in a moment`,
  );
}
