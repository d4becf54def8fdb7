import { sign, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** RSA2 in Alipay's words. */
const DIGEST = 'RSA-SHA256';

// With a callback, node:crypto works on the thread pool: a millisecond of RSA does not hold up the event loop.
const signOnThreadPool = promisify<string, Buffer, KeyObject, Buffer>(sign);

export type Parameters = ReadonlyMap<string, string>;

/** The string that a request's signature covers: everything but `sign`, empty values dropped, sorted by key. */
export function requestContent(parameters: Parameters): string {
  return joinSorted(parameters, (key, value) => key !== 'sign' && value !== '');
}

/** The string that the signature of a notify or of a synchronous return covers: `sign_type` takes no part. */
export function notifyContent(parameters: Parameters): string {
  return joinSorted(parameters, (key) => key !== 'sign' && key !== 'sign_type');
}

function joinSorted(parameters: Parameters, takesPart: (key: string, value: string) => boolean): string {
  return [...parameters]
    .filter(([key, value]) => takesPart(key, value))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

export async function signRsa2(content: string, privateKey: KeyObject): Promise<string> {
  return (await signOnThreadPool(DIGEST, Buffer.from(content), privateKey)).toString('base64');
}

export function verifyRsa2(content: string, signature: string, publicKey: KeyObject): boolean {
  return verify(DIGEST, Buffer.from(content), publicKey, Buffer.from(signature, 'base64'));
}

/** A signature of the right form that fits nothing: one bit of it is turned over. */
export function spoilSignature(signature: string): string {
  const bytes = Buffer.from(signature, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 0x01;
  return bytes.toString('base64');
}
