import { ChannelError } from '../channel-error.js';
import { toBeijingTime } from '../beijing-time.js';
import type { AlipayKeys } from './alipay-keys.js';
import { type AlipayReply, errorOf, isSuccess } from './alipay-replies.js';
import { isSignedBy, signCall } from './alipay-signature.js';

const DEFAULT_TIMEOUT_MS = 5_000;

export interface AlipayGatewaySettings {
  readonly gatewayUrl: string;
  readonly appId: string;
  readonly timeoutMs?: number;
}

interface Extras {
  readonly notify_url?: string;
  readonly return_url?: string;
}

/**
 * Alipay's OpenAPI on `node:crypto` and `fetch`: signs calls, and believes of a reply only the very bytes that Alipay
 * signed. (The official SDK looks for the signed object in the text and takes the answer from the parsed JSON, which need
 * not be the same one; knows one Alipay key at a time; and hides the HTTP status that a back-off needs.)
 */
export class AlipayGateway {
  constructor(
    private readonly settings: AlipayGatewaySettings,
    private readonly keys: AlipayKeys,
  ) {}

  /** The URL that a buyer's browser opens. By GET, so that nothing has to be escaped into a form. */
  pageUrl(method: string, bizContent: object, extras: Extras): string {
    const url = new URL(this.settings.gatewayUrl);
    for (const [name, value] of Object.entries(this.signed(method, bizContent, extras))) {
      url.searchParams.set(name, value);
    }
    return url.href;
  }

  /**
   * One call, whose reply is proven to be Alipay's and says 10000.
   *
   * @throws ChannelError
   */
  async call(method: string, bizContent: object, extras: Extras = {}): Promise<AlipayReply> {
    const raw = await this.send(method, this.signed(method, bizContent, extras));
    const reply = this.proven(method, raw);
    if (!isSuccess(reply)) throw errorOf(method, reply);
    return reply;
  }

  private signed(method: string, bizContent: object, extras: Extras): Record<string, string> {
    const fields: Record<string, string> = {
      app_id: this.settings.appId,
      method,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      timestamp: toBeijingTime(new Date()),
      version: '1.0',
      ...this.keys.callFields,
      ...extras,
      biz_content: JSON.stringify(bizContent),
    };
    return { ...fields, sign: signCall(fields, this.keys.privateKey) };
  }

  private async send(
    method: string,
    { biz_content: content = '', ...fields }: Record<string, string>,
  ): Promise<Buffer> {
    // `charset` has to stand in the URL: it says how the body is to be read.
    const url = new URL(this.settings.gatewayUrl);
    for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
    let response: Response;
    let raw: Buffer;
    try {
      response = await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ biz_content: content }),
        redirect: 'error',
        signal: AbortSignal.timeout(this.settings.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      });
      raw = Buffer.from(await response.arrayBuffer());
    } catch (cause) {
      throw noAnswer(method, { cause });
    }
    if (response.status === 429) {
      const message = `Alipay answered ${method} with HTTP 429`;
      throw new ChannelError('NOT_DONE', 'HTTP_429', message, { backOff: true });
    }
    if (!response.ok) {
      throw noAnswer(method, { cause: `HTTP ${response.status}`, backOff: response.status >= 500 });
    }
    return raw;
  }

  /** The inner object, after its signature. */
  private proven(method: string, raw: Buffer): AlipayReply {
    const name = `${method.replaceAll('.', '_')}_response`;
    const members = membersOf(method, raw);
    const unverified = (why: string) =>
      new ChannelError('UNTRUSTED', 'UNVERIFIED_REPLY', `The ${name} is not provably Alipay's: ${why}`);
    const twice = members.find(([key], index) => members.findIndex(([other]) => other === key) !== index);
    if (twice) throw unverified('it says the same thing twice');
    const byName = new Map(members);
    const inner = byName.get(name) ?? byName.get('error_response');
    const reply = inner && (JSON.parse(inner.toString('utf8')) as AlipayReply | null);
    if (!reply || typeof reply !== 'object') throw noAnswer(method, { cause: `no ${name} in it` });
    const sign = textOf(byName.get('sign'));
    if (sign === '') throw unverified(`it is not signed${claimOf(reply)}`);
    const keys = this.keys.trusted(textOf(byName.get('alipay_cert_sn')));
    if (!isSignedBy(keys, inner, sign)) throw unverified('its signature is wrong');
    return reply;
  }
}

function noAnswer(
  method: string,
  options: { readonly cause: unknown; readonly backOff?: boolean },
): ChannelError {
  return new ChannelError('UNKNOWN', 'NO_ANSWER', `No usable answer to ${method} from Alipay`, options);
}

function textOf(json: Buffer | undefined): string {
  const value: unknown = json && JSON.parse(json.toString('utf8'));
  return typeof value === 'string' ? value : '';
}

/** The members of the outermost object with the bytes of their values, which are what is signed. */
function membersOf(method: string, raw: Buffer): [string, Buffer][] {
  try {
    const reply: unknown = JSON.parse(raw.toString('utf8'));
    if (reply === null || typeof reply !== 'object' || Array.isArray(reply)) throw new TypeError('No object');
  } catch (cause) {
    throw noAnswer(method, { cause });
  }
  // One character a byte: what has a meaning in JSON is ASCII, and no byte of another character in UTF-8 looks like it.
  const text = raw.toString('latin1');
  const members: [string, Buffer][] = [];
  let depth = 0;
  let start = 0;
  let key = '';
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === '{' || token === '[') depth += 1;
    const isTop = depth === 1;
    if (token === '}' || token === ']') depth -= 1;
    if (!isTop) continue;
    if (token === ':') key = String(JSON.parse(raw.toString('utf8', start, index)));
    else if ((token === ',' || token === '}') && key !== '') {
      const value = text.slice(start, index);
      const lead = value.length - value.trimStart().length;
      members.push([key, raw.subarray(start + lead, start + value.trimEnd().length)]);
      key = '';
    }
    if (token.length === 1) start = index + 1;
  }
  return members;
}

/** Alipay's gateway refuses what it can't attribute (an unknown app, say) unsigned: no proof, but worth a line in the log. */
function claimOf({ code, sub_code: subCode }: AlipayReply): string {
  const claim = [code, subCode].filter((part) => typeof part === 'string').join(' ');
  return claim === '' ? '' : `, and claims ${claim.slice(0, 100)}`;
}
