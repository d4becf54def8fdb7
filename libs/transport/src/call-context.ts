import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { identity } from '#libs/contracts';

/** Whatever belongs to the request being worked on; it travels with every call and every event that it causes. */
export interface CallContext {
  /** One request of the outside world, the same through every hop: what logs are searched by. */
  readonly requestId: string;
  readonly principal?: identity.Principal;
  /** W3C Trace Context, passed on untouched. */
  readonly traceparent?: string;
  /**
   * When whoever waits for this work stops waiting, on this process's monotonic clock (`performance.now()`, ms), which
   * no step of the wall clock moves. Make one with `deadlineIn(ms)`.
   */
  readonly deadlineAt?: number;
}

/** What of a context travels, as flat text, in the headers of a message. */
export type Headers = Readonly<Record<string, string>>;

const storage = new AsyncLocalStorage<CallContext>();

export function runInContext<T>(context: CallContext, work: () => T): T {
  return storage.run(context, work);
}

export function currentContext(): CallContext | undefined {
  return storage.getStore();
}

export function newRequestId(): string {
  return randomUUID();
}

/** The moment `ms` from now, as `CallContext.deadlineAt` wants it. */
export function deadlineIn(ms: number): number {
  return performance.now() + ms;
}

/** Milliseconds until the context's deadline (negative when it has passed), `Infinity` when it has none. */
export function remainingMs(context: CallContext | undefined): number {
  return context?.deadlineAt === undefined ? Infinity : context.deadlineAt - performance.now();
}

/** The headers that carry a context; a new request id where there is no context yet. */
export function contextHeaders(context: CallContext | undefined = currentContext()): Headers {
  const headers: Record<string, string> = { requestId: context?.requestId ?? newRequestId() };
  if (context?.traceparent !== undefined) headers.traceparent = context.traceparent;
  if (context?.principal !== undefined) headers.principal = JSON.stringify(context.principal);
  return headers;
}

/** The context that a message's headers carry. A principal that can't be read is no principal. */
export function contextFromHeaders(headers: Headers): CallContext {
  return {
    requestId: headers.requestId ?? newRequestId(),
    ...(headers.traceparent === undefined ? {} : { traceparent: headers.traceparent }),
    ...principalFrom(headers.principal),
  };
}

function principalFrom(text: string | undefined): Pick<CallContext, 'principal'> {
  if (text === undefined) return {};
  try {
    return { principal: identity.principal.parse(JSON.parse(text)) };
  } catch {
    return {};
  }
}
