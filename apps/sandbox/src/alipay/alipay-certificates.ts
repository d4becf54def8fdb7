import 'reflect-metadata';
import {
  createHash,
  createPublicKey,
  randomBytes,
  webcrypto,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';

const VALID_YEARS = 10;
const SERIAL_BYTES = 16;
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const ISSUER =
  'CN=Sandbox Certification Authority R1,OU=Sandbox Certification Authority,O=Sandbox Financial,C=CN';

type Crypto = Parameters<typeof X509CertificateGenerator.create>[1];

/**
 * How Alipay names a certificate: MD5 over the issuer's name, the most special part first, and the decimal serial number
 * (its SDKs' `getCertSN`).
 */
export function alipaySerialOf(certificate: X509Certificate): string {
  const parts = certificate.issuer.split('\n');
  const number = BigInt(`0x${certificate.serialNumber}`).toString(10);
  return createHash('md5')
    .update(parts.toReversed().join(',') + number)
    .digest('hex');
}

/** The authority that has issued Alipay's own certificate and those of the applications. */
export class CertificateAuthority {
  private constructor(
    private readonly certificate: X509Certificate,
    private readonly privateKey: KeyObject,
  ) {}

  /** A new root: its certificate, PEM, for a private key. */
  static newRoot(privateKey: KeyObject): Promise<string> {
    return issue(ISSUER, createPublicKey(privateKey), privateKey, true);
  }

  /** @throws Error when the two don't belong together. */
  static open(rootPem: string, privateKey: KeyObject): CertificateAuthority {
    const certificate = new X509Certificate(rootPem);
    if (!certificate.checkPrivateKey(privateKey))
      throw new Error('The root certificate of the simulated Alipay is of another private key');
    return new CertificateAuthority(certificate, privateKey);
  }

  /** As an application names it: the serials of all roots of its algorithm, of which there is one here. */
  get rootSerial(): string {
    return alipaySerialOf(this.certificate);
  }

  /** @returns PEM */
  issue(subject: string, publicKey: KeyObject): Promise<string> {
    return issue(`${subject},O=Sandbox,C=CN`, publicKey, this.privateKey, false);
  }

  hasIssued(certificate: X509Certificate): boolean {
    return certificate.verify(this.certificate.publicKey) && Date.parse(certificate.validTo) > Date.now();
  }
}

async function issue(
  subject: string,
  publicKey: KeyObject,
  signingKey: KeyObject,
  isAuthority: boolean,
): Promise<string> {
  const serialNumber = randomBytes(SERIAL_BYTES);
  // A leading bit of 1 would be a negative number, a leading 0 a shorter one.
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40;
  const now = Date.now();
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALID_YEARS);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: serialNumber.toString('hex'),
      subject,
      issuer: ISSUER,
      // The clock of whoever verifies it may be a little behind.
      notBefore: new Date(now - 60_000),
      notAfter,
      publicKey: await imported(publicKey, 'spki', 'verify'),
      signingKey: await imported(signingKey, 'pkcs8', 'sign'),
      signingAlgorithm: ALGORITHM,
      extensions: [new BasicConstraintsExtension(isAuthority, undefined, true)],
    },
    webcrypto as Crypto,
  );
  return `${certificate.toString('pem').trim()}\n`;
}

function imported(key: KeyObject, type: 'spki' | 'pkcs8', usage: 'verify' | 'sign') {
  const der = type === 'spki' ? key.export({ type, format: 'der' }) : key.export({ type, format: 'der' });
  return webcrypto.subtle.importKey(type, der, ALGORITHM, true, [usage]);
}
