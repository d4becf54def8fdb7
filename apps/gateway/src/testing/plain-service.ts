import type { EventContract, PayloadOf, RequestOf, ResponseOf, RpcContract } from '#libs/contracts';
import { currentContext, RedisStreamsServer, type CallContext } from '#libs/transport';
import { Log } from '#libs/service';

/** A request that reached the other end of the wire, with what travelled beside it. */
export interface Received {
  readonly pattern: string;
  readonly request: unknown;
  readonly context: CallContext | undefined;
}

/**
 * The other end of the wire: a service of the real transport whose answers a test gives. What the gateway sends it
 * has passed the contract on both sides, like in production.
 */
export class PlainService {
  readonly received: Received[] = [];
  private readonly server: RedisStreamsServer;

  constructor(name: string, redisUrl: string) {
    this.server = new RedisStreamsServer({
      service: name,
      replica: `${name}-test`,
      redis: redisUrl,
      contracts: [],
      maxDeliveries: 1,
      logger: Log.create(name, `${name}-test`, 'silent'),
    });
  }

  /** Before `start`. */
  answer<C extends RpcContract>(
    contract: C,
    handler: (request: RequestOf<C>) => Promise<ResponseOf<C>>,
  ): this {
    this.server.addHandler(
      contract.pattern,
      (request: RequestOf<C>) => {
        this.received.push({ pattern: contract.pattern, request, context: currentContext() });
        return handler(request);
      },
      false,
      { contract },
    );
    return this;
  }

  /** Before `start`. An event that the handler fails on is given up at once. */
  hear<C extends EventContract>(contract: C, handler: (payload: PayloadOf<C>) => Promise<void>): this {
    this.server.addHandler(contract.name, handler, true, { contract });
    return this;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.listen((error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  stop(): Promise<void> {
    return this.server.close();
  }
}
