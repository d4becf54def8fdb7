import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { checkLiteral, guardedLookup } from './webhook-addresses.js';

/** What became of one try: the receiver's status, or in words why there is none. */
export interface PostResult {
  readonly status: number | null;
  readonly error: string | null;
}

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  readonly allowsPrivate: boolean;
  /** Ends it early: nobody knows then what the receiver has got. */
  readonly signal: AbortSignal;
}

/** Of an answer nobody reads more than this. */
const ANSWER_LIMIT_BYTES = 4_096;

/**
 * One POST to a merchant's system: over a connection of its own, to an address that was checked, no redirect followed,
 * the answer's status alone of interest. Never throws.
 */
export async function postWebhook(address: string, options: PostOptions): Promise<PostResult> {
  try {
    const url = new URL(address);
    checkLiteral(url, options.allowsPrivate);
    const status = await statusOf(url, options);
    return { status, error: status >= 200 && status < 300 ? null : wordsOf(status) };
  } catch (error) {
    return { status: null, error: reasonOf(error, options.timeoutMs) };
  }
}

function statusOf(url: URL, options: PostOptions): Promise<number> {
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = send(url, {
      method: 'POST',
      // A connection that somebody else has opened was checked for somebody else.
      agent: false,
      lookup: guardedLookup(options.allowsPrivate),
      signal,
      headers: { ...options.headers, 'content-length': String(Buffer.byteLength(options.body)) },
    });
    request.on('response', (response) => {
      drain(response);
      resolve(response.statusCode ?? 0);
    });
    // An error after the answer has nothing to decide any more.
    request.on('error', reject);
    request.end(options.body);
  });
}

/** Lets a short answer end by itself, so that the receiver is not cut off; a long one is. */
function drain(response: IncomingMessage): void {
  let read = 0;
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
    if (read > ANSWER_LIMIT_BYTES) response.destroy();
  });
  response.on('error', () => undefined);
}

function wordsOf(status: number): string {
  return status >= 300 && status < 400
    ? `answered ${status}: redirects are not followed`
    : `answered ${status}; only 200 to 299 counts as received`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut before an answer came',
  EHOSTUNREACH: 'the host can not be reached',
  ENETUNREACH: 'the network can not be reached',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  EPROTO: 'it does not speak TLS as it should',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate belongs to another name',
};

function reasonOf(error: unknown, timeoutMs: number): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`;
  return REASONS[code ?? ''] ?? (message || 'it could not be sent');
}
