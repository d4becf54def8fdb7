import type { ErrorDetails } from '#libs/contracts';
import type { Headers } from './call-context.js';

/** A request as it lies in the service's stream. */
export interface RpcMessage {
  readonly pattern: string;
  /** Unique within the caller. */
  readonly callId: number;
  /** The caller's channel. */
  readonly replyTo: string;
  /** How long after the entry's own id (Redis's time) the caller still waits. */
  readonly ttlMs: number;
  readonly headers: Headers;
  readonly request: unknown;
}

/** An event as it lies in its own stream, in a replay stream, and in a dead letter. */
export interface EventMessage {
  readonly name: string;
  readonly id: string;
  readonly headers: Headers;
  readonly payload: unknown;
}

/** A `DomainError` on the wire; `code` may be one that this version does not know. */
export interface WireError {
  readonly code: string;
  readonly message: string;
  readonly details?: ErrorDetails;
}

export interface RpcReply {
  readonly callId: number;
  readonly response?: unknown;
  readonly error?: WireError;
}

export function parseRpcMessage(text: string): RpcMessage | undefined {
  const value = parseObject(text);
  if (value === undefined) return undefined;
  const { pattern, callId, replyTo, ttlMs } = value;
  if (typeof pattern !== 'string' || typeof callId !== 'number' || typeof replyTo !== 'string')
    return undefined;
  if (typeof ttlMs !== 'number') return undefined;
  return { pattern, callId, replyTo, ttlMs, headers: textHeaders(value.headers), request: value.request };
}

export function parseEventMessage(text: string): EventMessage | undefined {
  const value = parseObject(text);
  if (typeof value?.name !== 'string' || typeof value.id !== 'string') return undefined;
  return { name: value.name, id: value.id, headers: textHeaders(value.headers), payload: value.payload };
}

/** One PUBLISH carries all replies of a tick to one caller. */
export function joinReplies(replies: readonly string[]): string {
  return `[${replies.join(',')}]`;
}

export function parseReplies(text: string): readonly RpcReply[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value.filter(isReply) : [];
}

function isReply(value: unknown): value is RpcReply {
  return typeof value === 'object' && value !== null && 'callId' in value && typeof value.callId === 'number';
}

function textHeaders(value: unknown): Headers {
  return typeof value === 'object' && value !== null ? (value as Headers) : {};
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
