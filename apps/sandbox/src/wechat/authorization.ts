import { failures, signatureMismatch, type WechatFailure } from './failure.js';
import { requestMessage, verifySha256 } from './signature.js';
import type { WechatMerchant } from './wechat-merchants.js';

const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
const NAMES = ['mchid', 'nonce_str', 'timestamp', 'serial_no', 'signature'] as const;
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** A request as it came, byte for byte. */
export interface RawRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Claims = Readonly<Record<(typeof NAMES)[number], string>>;

/**
 * Who sent a request, proven by its `Authorization`, in the order in which the channel looks: form, clock, merchant,
 * certificate, signature.
 */
export function authenticate(
  request: RawRequest,
  find: (mchid: string) => WechatMerchant | undefined,
  now: number,
): WechatMerchant | WechatFailure {
  const claims = parseAuthorization(request.authorization);
  if ('code' in claims) return claims;
  const sentAt = Number(claims.timestamp) * 1000;
  if (Math.abs(now - sentAt) > CLOCK_TOLERANCE_MS) return failures.staleTimestamp;
  const merchant = find(claims.mchid);
  if (merchant === undefined) return failures.unknownMerchant;
  if (claims.serial_no.toUpperCase() !== merchant.serialNo.toUpperCase()) return failures.wrongSerial;
  const signed = {
    method: request.method,
    url: request.url,
    timestamp: claims.timestamp,
    nonce: claims.nonce_str,
    body: request.body,
  };
  const message = requestMessage(signed);
  if (!verifySha256(message, claims.signature, merchant.publicKey)) return signatureMismatch(signed, message);
  return merchant;
}

/** The five claims, in any order, each once and in quotes. */
function parseAuthorization(header: string | undefined): Claims | WechatFailure {
  if (header === undefined || header === '') return failures.malformedAuthorization;
  const [, scheme = '', list = ''] = /^(\S+)\s+(.*)$/s.exec(header) ?? [];
  if (scheme !== SCHEME) return scheme === '' ? failures.malformedAuthorization : failures.wrongScheme;
  const found = new Map<string, string>();
  for (const part of list.split(',')) {
    const [, name, value] = /^\s*(\w+)="([^"]*)"\s*$/.exec(part) ?? [];
    if (name === undefined || value === undefined || found.has(name)) return failures.malformedAuthorization;
    found.set(name, value);
  }
  const isWhole = NAMES.every((name) => (found.get(name) ?? '') !== '');
  if (!isWhole || !/^\d{1,12}$/.test(found.get('timestamp') ?? '')) return failures.malformedAuthorization;
  return Object.fromEntries(found) as unknown as Claims;
}
