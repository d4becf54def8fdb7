import { type KeyObject, X509Certificate, createHash } from 'node:crypto';
import { BadKeyError, isPublicHalfOf } from '../rsa-key.js';
import type { AlipayCertificates } from './alipay-settings.js';

export interface TrustedCertificate {
  /** Alipay's serial, as a reply names it in `alipay_cert_sn`. */
  readonly serial: string;
  readonly publicKey: KeyObject;
  /** The narrowest validity of the certificate and those that it was issued by. */
  readonly validFrom: Date;
  readonly validTo: Date;
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** Longer than any chain that Alipay has, and the end of a circle of certificates that issued each other. */
const MAX_CHAIN = 8;

/**
 * Opens what certificate mode needs.
 *
 * @throws BadKeyError when a certificate can't be read, ours is not for our key, or Alipay's does not lead to its root.
 */
export function openCertificates(
  settings: AlipayCertificates,
  privateKey: KeyObject,
  where: string,
): {
  readonly appSerial: string;
  readonly rootSerial: string;
  readonly certificates: readonly TrustedCertificate[];
} {
  const [app] = readCertificates(settings.appCertificate, `${where}certificates.appCertFile`);
  if (!isPublicHalfOf(app.publicKey, privateKey)) {
    throw new BadKeyError(
      `${where}certificates.appCertFile holds a certificate for another key than privateKeyFile`,
    );
  }
  // The file holds roots of other algorithms too (SM2): those sign nothing of ours.
  const roots = readCertificates(settings.rootCertificates, `${where}certificates.alipayRootCertFile`).filter(
    isRsa,
  );
  const certificates = settings.alipayCertificates.map((text) =>
    trust(readCertificates(text, `${where}certificates.alipayCertFiles`), roots, where),
  );
  const now = new Date();
  if (!certificates.some(({ validFrom, validTo }) => validFrom <= now && now <= validTo)) {
    throw new BadKeyError(`${where}certificates.alipayCertFiles holds no certificate that is valid today`);
  }
  return { appSerial: serialOf(app), rootSerial: roots.map(serialOf).join('_'), certificates };
}

/** Alipay's own idea of a serial: the MD5 of the issuer's name, most special part first, and the decimal number. */
export function serialOf(certificate: X509Certificate): string {
  const issuer = certificate.issuer.split('\n').toReversed().join(',');
  return createHash('md5')
    .update(`${issuer}${BigInt(`0x${certificate.serialNumber}`)}`)
    .digest('hex');
}

function readCertificates(text: string, setting: string): [X509Certificate, ...X509Certificate[]] {
  const [first, ...rest] = (text.match(PEM_BLOCK) ?? []).flatMap((block) => readable(block));
  if (!first) throw new BadKeyError(`${setting} holds no certificate that can be read: PEM belongs there`);
  return [first, ...rest];
}

function readable(block: string): X509Certificate[] {
  try {
    return [new X509Certificate(block)];
  } catch {
    // An algorithm that this machine doesn't know.
    return [];
  }
}

function isRsa(certificate: X509Certificate): boolean {
  try {
    return certificate.publicKey.asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function trust(
  [leaf, ...issuers]: [X509Certificate, ...X509Certificate[]],
  roots: readonly X509Certificate[],
  where: string,
): TrustedCertificate {
  const chain = chainOf(leaf, issuers, roots);
  if (!chain) {
    throw new BadKeyError(
      `${where}certificates.alipayCertFiles holds a certificate that no root in alipayRootCertFile vouches for`,
    );
  }
  return {
    serial: serialOf(leaf),
    publicKey: leaf.publicKey,
    validFrom: new Date(Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom)))),
    validTo: new Date(Math.min(...chain.map(({ validTo }) => Date.parse(validTo)))),
  };
}

function chainOf(
  leaf: X509Certificate,
  issuers: readonly X509Certificate[],
  roots: readonly X509Certificate[],
): X509Certificate[] | undefined {
  const chain = [leaf];
  let last = leaf;
  while (chain.length < MAX_CHAIN) {
    const issuedByLast = (issuer: X509Certificate) =>
      last.checkIssued(issuer) && last.verify(issuer.publicKey);
    const root = roots.find(issuedByLast);
    if (root) return [...chain, root];
    const next = issuers.find((issuer) => issuer.ca && issuedByLast(issuer));
    if (!next) return undefined;
    chain.push(next);
    last = next;
  }
  return undefined;
}
