/** Messages between services over Redis streams: typed requests, and events delivered at least once. */
export {
  contextFromHeaders,
  contextHeaders,
  currentContext,
  deadlineIn,
  newRequestId,
  remainingMs,
  runInContext,
  type CallContext,
  type Headers,
} from './call-context.js';
export { DeadLetters, type DeadLetter, type DeadLetterQuery } from './dead-letters.js';
export { OnEvent, Rpc, type EventMeta } from './decorators.js';
export { EventPublisher, type OutgoingEvent, type PublishOptions } from './event-publisher.js';
export { RedisStreamsServer } from './redis-streams-server.js';
export type { RedisTarget } from './redis-connection.js';
export { RpcClient, type CallOptions, type RpcClientOptions } from './rpc-client.js';
export { rpcContractsIn } from './rpc-contracts.js';
export type { RedisStreamsServerOptions } from './server-options.js';
export { TransportModule } from './transport.module.js';
export type { TransportLogger } from './transport-logger.js';
export type { DropReason, HandlingOutcome, TransportObserver } from './transport-observer.js';
