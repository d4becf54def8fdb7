import type { WechatFailure } from '../failure.js';
import type { WechatMerchant } from '../wechat-merchants.js';

/** A request whose sender and integrity are proven. */
export interface WechatRequest {
  readonly merchant: WechatMerchant;
  readonly body: string;
  readonly query: ReadonlyMap<string, string>;
  /** The serial number or id that the merchant wants the reply to be signed with. */
  readonly platformSerial: string | undefined;
}

export type WechatAnswer =
  | { readonly status: 200; readonly body: Readonly<Record<string, unknown>> }
  | { readonly status: 204 }
  /** A file, which the channel sends without a signature. */
  | { readonly status: 200; readonly file: Buffer };

/** One call of the API. */
export interface Operation {
  /** For the statistics: method and path without numbers. */
  readonly name: string;
  /** The merchant's number of the trade that it is about, by which trouble is ordered; `''` when it is about none. */
  subject(body: string): string;
  work(request: WechatRequest): WechatAnswer | WechatFailure | Promise<WechatAnswer | WechatFailure>;
}

/** Serials of this form ask for the WeChat Pay public key, any other for a platform certificate. */
export function asksForPublicKey(platformSerial: string | undefined): boolean {
  return platformSerial?.startsWith('PUB_KEY_ID_') ?? false;
}

/** A field of a body that nobody has checked yet. */
export function peek(body: string, field: string): string {
  try {
    const value: unknown = (JSON.parse(body) as Record<string, unknown> | null)?.[field];
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}
