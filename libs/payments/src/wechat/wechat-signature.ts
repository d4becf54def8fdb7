import { type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import type { NotifyRefusal } from '../payment-channel.js';
import type { WechatKeys } from './wechat-keys.js';

const SCHEME = 'WECHATPAY2-SHA256-RSA2048';
const DIGEST = 'RSA-SHA256';
/** WeChat Pay signs some answers and notifies wrongly on purpose, to see whether we look. */
const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/';
const WINDOW_MS = 5 * 60 * 1_000;

export interface SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** Empty where there is none. */
  readonly body: string;
}

export interface Merchant {
  readonly mchid: string;
  readonly merchantCertificateSerial: string;
}

/** The `Authorization` of a request: who sends it, and the signature over everything that it asks for. */
export function authorizationOf(
  { method, url, body }: SignedRequest,
  { mchid, merchantCertificateSerial }: Merchant,
  privateKey: KeyObject,
  now: Date,
): string {
  const timestamp = secondsOf(now);
  const nonce = newNonce();
  const signature = signLines([method, `${url.pathname}${url.search}`, timestamp, nonce, body], privateKey);
  const claims = {
    mchid,
    nonce_str: nonce,
    timestamp,
    serial_no: merchantCertificateSerial,
    signature,
  };
  const list = Object.entries(claims).map(([name, value]) => `${name}="${value}"`);
  return `${SCHEME} ${list.join(',')}`;
}

/** What `WeixinJSBridge` is called with. */
export function jsapiParametersOf(
  appid: string,
  prepayId: string,
  privateKey: KeyObject,
  now: Date,
): Record<string, string> {
  const timeStamp = secondsOf(now);
  const nonceStr = newNonce();
  const packageText = `prepay_id=${prepayId}`;
  return {
    appId: appid,
    timeStamp,
    nonceStr,
    package: packageText,
    signType: 'RSA',
    paySign: signLines([appid, timeStamp, nonceStr, packageText], privateKey),
  };
}

const secondsOf = (now: Date) => String(Math.floor(now.getTime() / 1_000));
const newNonce = () => randomBytes(16).toString('hex');

/** Every line ends with a line feed, the last one too. */
function signLines(lines: readonly string[], privateKey: KeyObject): string {
  const text = lines.map((line) => `${line}\n`).join('');
  return sign(DIGEST, Buffer.from(text, 'utf8'), privateKey).toString('base64');
}

/** Why bytes are not provably WeChat Pay's. */
export interface SignatureRefusal {
  readonly reason: NotifyRefusal;
  readonly message: string;
}

/** Lower-case names. */
export type SignatureHeaders = Readonly<Record<string, string | undefined>>;

/** True when there is no trace of a signature. */
export function isUnsigned(headers: SignatureHeaders): boolean {
  return (headers['wechatpay-signature'] ?? '') === '';
}

/**
 * Whether WeChat Pay signed exactly these bytes within the last five minutes: its answers and its notifies alike.
 *
 * @returns undefined when it did. A signature that is right but old is `STALE`, one that is wrong never is.
 */
export function refusalOf(
  headers: SignatureHeaders,
  body: Buffer,
  keys: Pick<WechatKeys, 'platformKey'>,
  now: Date,
): SignatureRefusal | undefined {
  const timestamp = headers['wechatpay-timestamp'] ?? '';
  const nonce = headers['wechatpay-nonce'] ?? '';
  const signature = headers['wechatpay-signature'] ?? '';
  const serial = headers['wechatpay-serial'] ?? '';
  if (signature.startsWith(PROBE_PREFIX)) {
    return { reason: 'PROBE', message: 'WeChat Pay probes whether signatures are verified' };
  }
  if (!/^\d{1,12}$/.test(timestamp) || nonce === '' || signature === '' || serial === '') {
    return {
      reason: 'MALFORMED',
      message: 'Wechatpay-Timestamp, -Nonce, -Signature and -Serial have to be there',
    };
  }
  const key = keys.platformKey(serial, now);
  if (!key) {
    const message = `Signed with ${serial.slice(0, 80)}, which is none of the platform keys that are set up and valid`;
    return { reason: 'UNKNOWN_KEY', message };
  }
  const text = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
  if (!verify(DIGEST, text, key, Buffer.from(signature, 'base64'))) {
    return { reason: 'BAD_SIGNATURE', message: "The signature is not WeChat Pay's" };
  }
  if (Math.abs(now.getTime() - Number(timestamp) * 1_000) > WINDOW_MS) {
    return { reason: 'STALE', message: 'Signed more than five minutes ago (or our clock is wrong)' };
  }
  return undefined;
}
