import { AmountError, fenToMicros, microsToFen } from '#libs/money';
import { toBeijingTime } from '../beijing-time.js';
import { ChannelError } from '../channel-error.js';

/** An object as it came, of which nothing is known yet. */
export type WechatObject = Readonly<Record<string, unknown>>;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

export function malformed(what: string): ChannelError {
  return new ChannelError('UNKNOWN', 'MALFORMED_REPLY', `WeChat Pay's answer has no usable ${what}`);
}

export function objectOf(value: unknown): WechatObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as WechatObject)
    : undefined;
}

/** @returns undefined when these bytes are no JSON object. */
export function parseObject(bytes: Buffer): WechatObject | undefined {
  try {
    return objectOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown);
  } catch {
    return undefined;
  }
}

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @throws ChannelError when the field is missing or empty. */
export function textIn(object: WechatObject, name: string): string {
  const value = text(object[name]);
  if (value === '') throw malformed(name);
  return value;
}

/**
 * Micro-yuan of a field in fen. A `number` that isn't a safe integer may stand for another one than was written.
 *
 * @throws ChannelError when it can't be read exactly: an amount is never guessed.
 */
export function amountIn(amount: unknown, name: string): bigint {
  const object = objectOf(amount);
  const fen = object?.[name];
  const currency = object?.['currency'] ?? 'CNY';
  if (!Number.isSafeInteger(fen) || (fen as number) < 0 || currency !== 'CNY') {
    throw malformed(`amount.${name}`);
  }
  return fenToMicros(BigInt(fen as number));
}

/** @throws ChannelError when it is no time with an offset. */
export function timeIn(object: WechatObject, name: string): Date {
  const value = text(object[name]);
  const time = new Date(value);
  if (!RFC_3339.test(value) || Number.isNaN(time.getTime())) throw malformed(name);
  return time;
}

/** @throws ChannelError `REFUSED` for what is no whole number of fen, which WeChat Pay can't be asked for. */
export function fenOf(amount: bigint): number {
  try {
    return Number(microsToFen(amount));
  } catch (cause) {
    if (!(cause instanceof AmountError)) throw cause;
    throw new ChannelError('REFUSED', 'AMOUNT', 'The amount is no whole number of fen', { cause });
  }
}

/** RFC 3339 with Beijing's offset, to the second. */
export function toRfc3339(date: Date): string {
  return `${toBeijingTime(date).replace(' ', 'T')}+08:00`;
}

/** As much of a text as fits, cut between two characters. */
export function fitBytes(value: string, maxBytes: number): string {
  let bytes = 0;
  let fitting = '';
  for (const character of value) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    fitting += character;
  }
  return fitting;
}

/** @throws ChannelError when an answer, though signed, answers another question. */
export function expectSame(object: WechatObject, name: string, asked: string): void {
  if (object[name] === asked) return;
  throw new ChannelError(
    'UNTRUSTED',
    'OTHER_TRADE',
    `WeChat Pay's answer is about another ${name} than ${asked}`,
  );
}
