import type { KeyObject } from 'node:crypto';
import type { AlipayFailure } from './failure.js';
import { signRsa2 } from './signature.js';

/** The inner object of a reply. */
export type ReplyBody = Readonly<Record<string, unknown>>;

/** `alipay.trade.query` → `alipay_trade_query_response`; a request without a method has no name to answer under. */
export function replyName(method: string | undefined): string {
  return method ? `${method.replaceAll('.', '_')}_response` : 'error_response';
}

/** Alipay's servers escape the slash, so that whoever parses and serialises again gets other bytes than were signed. */
function serialise(body: ReplyBody | AlipayFailure): string {
  return JSON.stringify(body).replaceAll('/', '\\/');
}

/**
 * A reply as Alipay sends it: the signature covers the exact bytes of the inner object.
 *
 * @param certificateSerial in certificate mode: whose key has signed.
 */
export async function signedReply(
  method: string,
  body: ReplyBody | AlipayFailure,
  key: KeyObject,
  certificateSerial: string | undefined,
): Promise<string> {
  const inner = serialise(body);
  const signer = certificateSerial === undefined ? '' : `"alipay_cert_sn":"${certificateSerial}",`;
  return `{"${replyName(method)}":${inner},${signer}"sign":"${await signRsa2(inner, key)}"}`;
}

export function unsignedReply(name: string, failure: AlipayFailure): string {
  return `{"${name}":${serialise(failure)}}`;
}

/** The same reply with its message changed on the way. */
export function tamperWith(reply: string): string {
  return reply.replace('"msg":"', '"msg":"~');
}
