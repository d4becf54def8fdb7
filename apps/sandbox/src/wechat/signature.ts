import { sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** WECHATPAY2-SHA256-RSA2048 in the words of node:crypto. */
const DIGEST = 'RSA-SHA256';

// With a callback, node:crypto works on the thread pool: a millisecond of RSA does not hold up the event loop.
const signOnThreadPool = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** The string that a request's signature covers: every line ends with a line feed, the last one too. */
export function requestMessage(request: {
  readonly method: string;
  /** Path and query, exactly as sent. */
  readonly url: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: string;
}): string {
  const { method, url, timestamp, nonce, body } = request;
  return [method, url, timestamp, nonce, body].map((line) => `${line}\n`).join('');
}

/** The string that the signature of a reply or a notify covers. */
export function replyMessage(timestamp: string, nonce: string, body: string): string {
  return `${timestamp}\n${nonce}\n${body}\n`;
}

export async function signSha256(message: string, privateKey: KeyObject): Promise<string> {
  return (await signOnThreadPool(DIGEST, Buffer.from(message), privateKey)).toString('base64');
}

export function verifySha256(message: string, signature: string, publicKey: KeyObject): boolean {
  return verify(DIGEST, Buffer.from(message), publicKey, Buffer.from(signature, 'base64'));
}

/** A signature of the right form that fits nothing: one bit of it is turned over. */
export function spoilSignature(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 0x01;
  return bytes.toString('base64');
}
