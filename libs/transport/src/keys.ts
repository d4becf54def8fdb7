/**
 * Every Redis key of the transport. The part in braces is the hash tag: keys that one script touches share it, and so
 * share a slot of a Redis Cluster.
 */
export const keys = {
  /** The requests of a service that are not yet served. */
  rpc: (service: string) => `clearbid:{rpc:${service}}`,
  /** How long that stream may grow; written by the service, read by whoever sends. */
  backlogLimit: (service: string) => `clearbid:{rpc:${service}}:limit`,
  event: (name: string) => `clearbid:{event:${name}}`,
  dead: (service: string) => `clearbid:{dead:${service}}`,
  /** Dead letters on their way back to the one service that could not handle them. */
  replay: (service: string) => `clearbid:{dead:${service}}:replay`,
  alive: (service: string, consumer: string) => `clearbid:{alive:${service}}:${consumer}`,
  /** Where a caller listens for its replies (a pub/sub channel, no key). */
  replies: (caller: string) => `clearbid:replies:${caller}`,
};

/** The one field of every stream entry: the message, as JSON. */
export const MESSAGE_FIELD = 'm';
