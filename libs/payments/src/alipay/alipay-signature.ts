import { type KeyObject, sign, verify } from 'node:crypto';

type Fields = Readonly<Record<string, string>>;

const joined = (fields: Fields, names: readonly string[]) =>
  names
    .toSorted()
    .map((name) => `${name}=${fields[name]}`)
    .join('&');

/** RSA2 over the fields of a call: all that are not empty but `sign`, by name. */
export function signCall(fields: Fields, privateKey: KeyObject): string {
  const text = joined(
    fields,
    Object.keys(fields).filter((name) => name !== 'sign' && fields[name] !== ''),
  );
  return sign('RSA-SHA256', Buffer.from(text, 'utf8'), privateKey).toString('base64');
}

/** True when one of the keys made this RSA2 signature of exactly these bytes. */
export function isSignedBy(keys: readonly KeyObject[], bytes: Buffer, signature: string): boolean {
  const raw = Buffer.from(signature, 'base64');
  return keys.some((key) => verify('RSA-SHA256', bytes, key, raw));
}

/**
 * True when one of the keys signed the notify: all fields by name, the empty ones too, but `sign` and `sign_type`. Some
 * products count `sign_type` in; `alipay_cert_sn` only says which key it was, and is not always counted in.
 */
export function isNotifySignedBy(keys: readonly KeyObject[], fields: Fields): boolean {
  const names = Object.keys(fields).filter((name) => name !== 'sign');
  const withoutType = names.filter((name) => name !== 'sign_type');
  const signed = [withoutType, names];
  if ('alipay_cert_sn' in fields) signed.push(withoutType.filter((name) => name !== 'alipay_cert_sn'));
  return signed.some((these) =>
    isSignedBy(keys, Buffer.from(joined(fields, these), 'utf8'), fields['sign'] ?? ''),
  );
}
