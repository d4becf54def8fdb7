import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import { X509CertificateGenerator } from '@peculiar/x509';

const VALID_YEARS = 5;
const SERIAL_BYTES = 20;
const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

/** A certificate of the platform with its private key. */
export interface PlatformCertificate {
  readonly pem: string;
  readonly privateKey: KeyObject;
  /** Hexadecimal, in capitals, as `Wechatpay-Serial` names it. */
  readonly serialNo: string;
  readonly validFrom: number;
  readonly validTo: number;
}

/** @returns a fresh certificate; its key is PKCS#8 PEM. */
export async function newPlatformCertificate(now: number): Promise<{ pem: string; privateKeyPem: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const serialNumber = randomBytes(SERIAL_BYTES);
  // A leading bit of 1 would be a negative number, a leading 0 a shorter one.
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40;
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALID_YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber.toString('hex'),
      name: 'CN=Tenpay.com sandbox platform, O=Sandbox, C=CN',
      // The clock of whoever verifies it may be a little behind.
      notBefore: new Date(now - 60_000),
      notAfter,
      keys,
      signingAlgorithm: ALGORITHM,
    },
    webcrypto as Parameters<typeof X509CertificateGenerator.createSelfSigned>[1],
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  return {
    pem: `${certificate.toString('pem').trim()}\n`,
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** @throws when one of the two is no such thing, or they don't belong together. */
export function readPlatformCertificate(pem: string, privateKeyPem: string): PlatformCertificate {
  const certificate = new X509Certificate(pem);
  const privateKey = createPrivateKey(privateKeyPem);
  if (!certificate.checkPrivateKey(privateKey))
    throw new Error('The platform certificate is of another private key');
  return {
    pem,
    privateKey,
    serialNo: certificate.serialNumber.toUpperCase(),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}
