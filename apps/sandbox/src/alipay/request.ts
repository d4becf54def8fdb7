import { z } from 'zod';
import { parseBeijing } from '../trade/beijing-time.js';
import type { AlipayApplication } from './alipay-applications.js';
import { failures, invalidSignature, type AlipayFailure } from './failure.js';
import { requestContent, verifyRsa2, type Parameters } from './signature.js';

/** A request whose sender and integrity are proven. */
export interface AlipayRequest {
  readonly application: AlipayApplication;
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

/** What a request is checked against. */
export interface KnownToAlipay {
  readonly find: (appId: string) => AlipayApplication | undefined;
  readonly rootSerial: string;
}

const bizObject = z.record(z.string(), z.unknown());
const FULL_TIMESTAMP = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/;

/**
 * What the gateway checks before it looks at the business: in Alipay's order, which asks for the application before the
 * signature.
 */
export function checkRequest(
  parameters: Parameters,
  { find, rootSerial }: KnownToAlipay,
): AlipayRequest | RequestRefusal {
  const value = (name: string): string => parameters.get(name) ?? '';
  if (value('method') === '') return { failure: failures.missingMethod, signed: false };
  if (value('app_id') === '') return { failure: failures.missingAppId, signed: false };
  const application = find(value('app_id'));
  if (application === undefined) return { failure: failures.invalidAppId, signed: false };
  const malformed = checkPublicParameters(value) ?? checkCertificates(value, application, rootSerial);
  if (malformed) return { failure: malformed, signed: true };
  const content = requestContent(parameters);
  if (!verifyRsa2(content, value('sign'), application.publicKey)) {
    return { failure: invalidSignature(content), signed: true };
  }
  const biz = parseBizContent(value('biz_content'));
  if (biz === undefined) return { failure: failures.illegalJson, signed: true };
  return {
    application,
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

/** In certificate mode a request names the certificate that it is signed with, and the root that it trusts. */
function checkCertificates(
  value: (name: string) => string,
  { certificateSerial }: AlipayApplication,
  rootSerial: string,
): AlipayFailure | undefined {
  if (certificateSerial === undefined) return undefined;
  if (value('app_cert_sn') === '') return failures.missingAppCertificate;
  if (value('app_cert_sn') !== certificateSerial) return failures.invalidAppCertificate;
  return value('alipay_root_cert_sn') === rootSerial ? undefined : failures.invalidRootCertificate;
}

function parseBizContent(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return bizObject.safeParse(text === '' ? {} : JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
