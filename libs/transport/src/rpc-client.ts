import { randomUUID } from 'node:crypto';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DomainError, serviceOf, type RequestOf, type ResponseOf, type RpcContract } from '#libs/contracts';
import { contextHeaders, currentContext, remainingMs } from './call-context.js';
import { CallSender } from './call-sender.js';
import { decode, encode } from './codec.js';
import { fromWireError } from './error-mapping.js';
import { keys } from './keys.js';
import { closeRedis, connectInTime, createRedis, type RedisTarget } from './redis-connection.js';
import { nestLogger, type TransportLogger } from './transport-logger.js';
import { parseReplies, type RpcMessage, type RpcReply } from './wire.js';

export interface RpcClientOptions {
  readonly redis: RedisTarget;
  /** Default deadline of a call, 5,000. */
  readonly timeoutMs?: number;
  /** How many unserved requests a service may have before more are refused, where the service has not said. */
  readonly backlogLimit?: number;
  /** How long `connect` waits for Redis, 10,000. */
  readonly connectTimeoutMs?: number;
  readonly logger?: TransportLogger;
}

export interface CallOptions {
  /** How long to wait for the answer. A call made while serving another never outlasts that one's own deadline. */
  readonly timeoutMs?: number;
}

interface PendingCall {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: DomainError) => void;
  readonly timer: NodeJS.Timeout;
}

const LISTEN_AGAIN_MS = 1_000;
const DEFAULT_TIMEOUT_MS = 5_000;
export const DEFAULT_BACKLOG_LIMIT = 10_000;
export const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

/** Calls other services. */
export class RpcClient implements OnModuleInit, OnApplicationShutdown {
  private readonly logger: TransportLogger;
  private readonly commands: Redis;
  private readonly subscriber: Redis;
  private readonly sender: CallSender;
  private readonly replyTo = keys.replies(randomUUID());
  private readonly pending = new Map<number, PendingCall>();
  private lastCallId = 0;
  private listening = false;

  constructor(private readonly options: RpcClientOptions) {
    this.logger = options.logger ?? nestLogger();
    this.commands = createRedis(options.redis, 'rpc-client', this.logger);
    this.subscriber = createRedis(options.redis, 'rpc-replies', this.logger);
    this.sender = new CallSender(this.commands, options.backlogLimit ?? DEFAULT_BACKLOG_LIMIT, this.logger);
    this.subscriber.on('message', (_channel, text: string) => this.onReplies(text));
    this.subscriber.on('ready', () => void this.listen());
    this.subscriber.on('close', () => (this.listening = false));
  }

  async connect(): Promise<void> {
    const withinMs = this.options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
    await Promise.all([connectInTime(this.commands, withinMs), connectInTime(this.subscriber, withinMs)]);
    await this.listen();
  }

  /** Calls still waiting end as `TIMEOUT`: their outcome is unknown. */
  async close(): Promise<void> {
    this.listening = false;
    await Promise.all([closeRedis(this.commands), closeRedis(this.subscriber)]);
    for (const call of this.pending.values()) {
      clearTimeout(call.timer);
      call.reject(
        new DomainError('TIMEOUT', 'The caller shut down before the answer came: the outcome is unknown'),
      );
    }
    this.pending.clear();
  }

  onModuleInit(): Promise<void> {
    return this.connect();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @throws DomainError `VALIDATION_FAILED` when the request does not fit its contract (nothing was sent);
   *   `UNAVAILABLE` and `OVERLOADED` when it certainly never reached the service; `TIMEOUT` when no answer came in
   *   time, so that the outcome is unknown; `INTERNAL`; and the errors that the contract lists
   */
  async call<C extends RpcContract>(
    contract: C,
    request: RequestOf<C>,
    options: CallOptions = {},
  ): Promise<ResponseOf<C>> {
    const { pattern } = contract;
    const context = currentContext();
    const wanted = options.timeoutMs ?? this.options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const ttlMs = Math.floor(Math.min(wanted, remainingMs(context)));
    if (ttlMs <= 0) throw new DomainError('TIMEOUT', `${pattern} was not sent: its caller no longer waits`);
    const encoded = encode(contract.request, request, `The request ${pattern}`);
    if (!this.listening)
      throw new DomainError('UNAVAILABLE', `${pattern} was not sent: Redis is not reachable`);
    const response = await this.exchange({
      pattern,
      callId: ++this.lastCallId,
      replyTo: this.replyTo,
      ttlMs,
      headers: contextHeaders(context),
      request: encoded,
    });
    return this.decodeResponse(contract, response);
  }

  private exchange(message: RpcMessage): Promise<unknown> {
    const { callId, pattern, ttlMs } = message;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.settle(callId)?.reject(
          new DomainError('TIMEOUT', `${pattern} did not answer within ${ttlMs} ms: the outcome is unknown`),
        );
      }, ttlMs);
      this.pending.set(callId, { resolve, reject, timer });
      this.sender.send(serviceOf(message), {
        message: JSON.stringify(message),
        onNotSent: (reason) => this.settle(callId)?.reject(reason),
      });
    });
  }

  private onReplies(text: string): void {
    for (const reply of parseReplies(text)) this.onReply(reply);
  }

  /** A reply to a call that has timed out, or a second one to the same call, finds nobody waiting. */
  private onReply(reply: RpcReply): void {
    const call = this.settle(reply.callId);
    if (reply.error === undefined) call?.resolve(reply.response);
    else call?.reject(fromWireError(reply.error));
  }

  private settle(callId: number): PendingCall | undefined {
    const call = this.pending.get(callId);
    if (call === undefined) return undefined;
    clearTimeout(call.timer);
    this.pending.delete(callId);
    return call;
  }

  private decodeResponse<C extends RpcContract>(contract: C, response: unknown): ResponseOf<C> {
    try {
      return decode(contract.response, response, `The answer of ${contract.pattern}`) as ResponseOf<C>;
    } catch (error) {
      this.logger.error({ pattern: contract.pattern, err: error }, 'an answer does not fit its contract');
      throw new DomainError(
        'INTERNAL',
        `${contract.pattern} answered something that its contract does not allow`,
      );
    }
  }

  /** Nothing is sent before this has succeeded: a reply on a channel that nobody listens to is lost. */
  private async listen(): Promise<void> {
    if (this.listening || this.subscriber.status !== 'ready') return;
    try {
      await this.subscriber.subscribe(this.replyTo);
      this.listening = true;
    } catch (error) {
      if (this.subscriber.status !== 'ready') return; // The next `ready` comes back here.
      this.logger.error({ err: error }, 'Redis refused the channel for replies; asking again');
      setTimeout(() => void this.listen(), LISTEN_AGAIN_MS).unref();
    }
  }
}
