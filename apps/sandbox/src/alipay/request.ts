import { z } from 'zod';
import { parseBeijing } from '../trade/beijing-time.js';
import { failures, invalidSignature, type AlipayFailure } from './failure.js';
import { requestContent, verifyRsa2, type Parameters } from './signature.js';
import type { KeyObject } from 'node:crypto';

/** A request whose sender and integrity are proven. */
export interface AlipayRequest {
  readonly method: string;
  readonly notifyUrl: string | undefined;
  readonly returnUrl: string | undefined;
  readonly biz: Readonly<Record<string, unknown>>;
}

export interface RequestRefusal {
  readonly failure: AlipayFailure;
  /** Alipay does not sign for somebody it does not know. */
  readonly signed: boolean;
}

const bizObject = z.record(z.string(), z.unknown());
const FULL_TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/**
 * What the gateway checks before it looks at the business: in Alipay's order, which asks for the application before the
 * signature.
 */
export function checkRequest(
  parameters: Parameters,
  merchant: { readonly appId: string; readonly publicKey: KeyObject },
): AlipayRequest | RequestRefusal {
  const value = (name: string): string => parameters.get(name) ?? '';
  if (value('method') === '') return { failure: failures.missingMethod, signed: false };
  if (value('app_id') === '') return { failure: failures.missingAppId, signed: false };
  if (value('app_id') !== merchant.appId) return { failure: failures.invalidAppId, signed: false };
  const malformed = checkPublicParameters(value);
  if (malformed) return { failure: malformed, signed: true };
  const content = requestContent(parameters);
  if (!verifyRsa2(content, value('sign'), merchant.publicKey)) {
    return { failure: invalidSignature(content), signed: true };
  }
  const biz = parseBizContent(value('biz_content'));
  if (biz === undefined) return { failure: failures.illegalJson, signed: true };
  return {
    method: value('method'),
    notifyUrl: parameters.get('notify_url') || undefined,
    returnUrl: parameters.get('return_url') || undefined,
    biz,
  };
}

function checkPublicParameters(value: (name: string) => string): AlipayFailure | undefined {
  if (value('sign_type') === '') return failures.missingSignatureType;
  if (value('sign_type') !== 'RSA2') return failures.invalidSignatureType;
  if (value('sign') === '') return failures.missingSignature;
  if (value('timestamp') === '') return failures.missingTimestamp;
  if (!FULL_TIMESTAMP.test(value('timestamp')) || parseBeijing(value('timestamp')) === undefined) {
    return failures.invalidTimestamp;
  }
  if (value('version') === '') return failures.missingVersion;
  if (!/^utf-?8$/i.test(value('charset'))) return failures.invalidCharset;
  if (value('format') !== '' && value('format').toUpperCase() !== 'JSON') return failures.invalidFormat;
  return undefined;
}

function parseBizContent(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return bizObject.safeParse(text === '' ? {} : JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
