import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ChannelError } from '../channel-error.js';
import { type WechatObject, parseObject, text } from './wechat-fields.js';
import type { WechatKeys } from './wechat-keys.js';
import { errorOf } from './wechat-replies.js';
import type { WechatSettings } from './wechat-settings.js';
import {
  type SignatureHeaders,
  type SignedRequest,
  authorizationOf,
  isUnsigned,
  refusalOf,
} from './wechat-signature.js';

const DEFAULT_TIMEOUT_MS = 5_000;
/** A large bill takes a while; a connection that says nothing for so long is broken. */
const DOWNLOAD_TIMEOUT_MS = 10 * 60 * 1_000;
const NO_CONTENT = 204;

/**
 * WeChat Pay's APIv3 on `node:crypto` and `fetch`: signs requests, and believes of an answer only the bytes that WeChat
 * Pay signed.
 *
 * What its documentation says of signatures of answers: every request whose own signature is right is answered with one,
 * errors included; a 2xx without one is to be taken for forged; a request that can't be attributed is refused (401)
 * without one. What stands between us and it (a gateway's 502, a limit) signs nothing either. So an unsigned answer is
 * never a business fact such as ORDER_NOT_EXIST, whatever it says: 5xx is no answer at all, and the rest is `UNTRUSTED`,
 * with what it claims in the message, since a wrong key of ours shows itself like that. Its status is still enough to
 * slow down for.
 */
export class WechatHttp {
  constructor(
    private readonly settings: WechatSettings,
    private readonly keys: WechatKeys,
  ) {}

  /** The object of a 200, or undefined of a 204. @throws ChannelError */
  get(path: string): Promise<WechatObject | undefined> {
    return this.call({ method: 'GET', url: this.urlOf(path), body: '' });
  }

  /**
   * The object of a 200, or undefined of a 204.
   *
   * @param headers beside those of every call, or in their place; lower case.
   * @throws ChannelError
   */
  post(
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WechatObject | undefined> {
    return this.call({ method: 'POST', url: this.urlOf(path), body: JSON.stringify(body) }, headers);
  }

  /**
   * Saves a file, which WeChat Pay ships without a signature: the caller has a hash of it from an answer that had one.
   * Fetching does nothing at WeChat Pay, so whatever goes wrong is `NOT_DONE` and worth repeating.
   *
   * @throws ChannelError
   */
  async download(url: URL, file: string): Promise<void> {
    const request: SignedRequest = { method: 'GET', url, body: '' };
    const failed = (code: string, options: ErrorOptions & { readonly backOff?: boolean }) =>
      new ChannelError('NOT_DONE', code, `A bill could not be downloaded from WeChat Pay: ${code}`, options);
    try {
      const response = await this.send(request, DOWNLOAD_TIMEOUT_MS, { 'accept-encoding': 'identity' });
      const { status } = response;
      if (!response.ok || !response.body) {
        await response.body?.cancel();
        throw failed(`HTTP_${status}`, { backOff: status === 429 || status >= 500 });
      }
      await pipeline(Readable.fromWeb(response.body), createWriteStream(file, { mode: 0o600 }));
    } catch (cause) {
      throw ChannelError.is(cause) ? cause : failed('NO_ANSWER', { cause });
    }
  }

  private async call(
    request: SignedRequest,
    more: Readonly<Record<string, string>> = {},
  ): Promise<WechatObject | undefined> {
    const name = `${request.method} ${request.url.pathname}`;
    let status: number;
    let headers: SignatureHeaders;
    let raw: Buffer;
    try {
      const response = await this.send(request, this.settings.timeoutMs ?? DEFAULT_TIMEOUT_MS, more);
      status = response.status;
      headers = Object.fromEntries(response.headers);
      raw = Buffer.from(await response.arrayBuffer());
    } catch (cause) {
      throw new ChannelError('UNKNOWN', 'NO_ANSWER', `No usable answer to ${name} from WeChat Pay`, {
        cause,
      });
    }
    this.prove(name, status, headers, raw);
    if (status === NO_CONTENT) return undefined;
    const body = parseObject(raw);
    if (status !== 200) throw errorOf(name, status, body);
    if (!body)
      throw new ChannelError('UNKNOWN', 'MALFORMED_REPLY', `The answer to ${name} is no JSON object`);
    return body;
  }

  /** @throws ChannelError unless these bytes are provably WeChat Pay's. */
  private prove(name: string, status: number, headers: SignatureHeaders, raw: Buffer): void {
    const refusal = refusalOf(headers, raw, this.keys, this.now());
    if (!refusal) return;
    const unsigned = isUnsigned(headers);
    const claim = unsigned && status >= 300 ? claimOf(status, raw) : '';
    const why = unsigned ? `it is not signed${claim}` : refusal.message;
    const message = `The answer to ${name} is not provably WeChat Pay's: ${why}`;
    if (status >= 500) throw new ChannelError('UNKNOWN', `HTTP_${status}`, message, { backOff: true });
    throw new ChannelError('UNTRUSTED', 'UNVERIFIED_REPLY', message, { backOff: status === 429 });
  }

  private send(
    request: SignedRequest,
    timeoutMs: number,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { announcedSerial, privateKey } = this.keys;
    return fetch(request.url, {
      method: request.method,
      headers: {
        authorization: authorizationOf(request, this.settings, privateKey, this.now()),
        accept: 'application/json',
        'user-agent': 'clearbid',
        ...(announcedSerial === undefined ? {} : { 'wechatpay-serial': announcedSerial }),
        ...(request.body === '' ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(request.body === '' ? {} : { body: request.body }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
  }

  private urlOf(path: string): URL {
    return new URL(`${this.settings.baseUrl.replace(/\/+$/, '')}${path}`);
  }

  private now(): Date {
    return this.settings.now?.() ?? new Date();
  }
}

/** No proof, but worth a line in the log. */
function claimOf(status: number, raw: Buffer): string {
  const body = parseObject(raw);
  const words = [text(body?.['code']), text(body?.['message'])].filter((part) => part !== '').join(' ');
  return `, and claims ${words === '' ? `HTTP ${status}` : words.slice(0, 200)}`;
}
