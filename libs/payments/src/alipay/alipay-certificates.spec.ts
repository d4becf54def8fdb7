import 'reflect-metadata';
import { KeyObject, createSign, webcrypto } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { BasicConstraintsExtension, type X509Certificate, X509CertificateGenerator } from '@peculiar/x509';
import { BadKeyError } from '../rsa-key.js';
import { openAlipayKeys } from './alipay-keys.js';
import { isSignedBy } from './alipay-signature.js';

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

interface Identity {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly privateKey: KeyObject;
}

async function issue(
  subject: string,
  {
    issuer,
    ca = false,
    fromMs = -YEAR_MS,
    toMs = YEAR_MS,
    serialNumber = '0a1b2c',
  }: {
    issuer?: Identity;
    ca?: boolean;
    fromMs?: number;
    toMs?: number;
    serialNumber?: string;
  } = {},
): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber,
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(Date.now() + fromMs),
    notAfter: new Date(Date.now() + toMs),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [new BasicConstraintsExtension(ca, undefined, true)],
  });
  const privateKey = KeyObject.from(keys.privateKey);
  return { certificate, pem: certificate.toString('pem'), keys, privateKey };
}

const TEXT = Buffer.from('signed by Alipay');
const signedBy = ({ privateKey }: Identity) =>
  createSign('RSA-SHA256').update(TEXT).sign(privateKey, 'base64');

let root: Identity;
let middle: Identity;
let alipay: Identity;
let previous: Identity;
let expired: Identity;
let app: Identity;
let strangersRoot: Identity;

beforeAll(async () => {
  root = await issue('C=CN, O=Alipay, OU=Certification Authority, CN=Root R1', {
    ca: true,
    serialNumber: '01',
  });
  middle = await issue('C=CN, O=Alipay, CN=Class 2 R1', { ca: true, issuer: root, serialNumber: '02' });
  alipay = await issue('CN=Alipay', { issuer: middle, serialNumber: '03' });
  previous = await issue('CN=Alipay', { issuer: middle, serialNumber: '04' });
  expired = await issue('CN=Alipay', { issuer: middle, serialNumber: '05', toMs: -1_000 });
  app = await issue('CN=Clearbid', { issuer: middle, serialNumber: '06' });
  strangersRoot = await issue('C=CN, O=Alipay, OU=Certification Authority, CN=Root R1', { ca: true });
});

const open = (
  alipayCertificates: string[],
  more: { rootCertificates?: string; appCertificate?: string } = {},
) =>
  openAlipayKeys(
    {
      privateKey: app.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      theirs: {
        appCertificate: app.pem,
        rootCertificates: `${strangersRoot.pem}\n${root.pem}`,
        alipayCertificates,
        ...more,
      },
    },
    'account a: ',
  );
const file = (leaf: Identity) => `${leaf.pem}\n${middle.pem}`;

describe('certificate mode', () => {
  it("tells Alipay which certificates we use, by Alipay's own serials", () => {
    const { app_cert_sn: appSerial, alipay_root_cert_sn: rootSerial } = open([file(alipay)]).callFields;
    // md5 of `CN=Class 2 R1,O=Alipay,C=CN6`, by md5sum.
    expect(appSerial).toBe('239cb2d3d9b868e120347ceceba59b89');
    expect(rootSerial).toMatch(/^[0-9a-f]{32}_[0-9a-f]{32}$/);
  });

  it('believes what the named certificate signed, and nothing that another or an unknown one did', () => {
    const keys = open([file(alipay), file(previous)]);
    const [first, second] = [alipay, previous].map((one) => open([file(one)]));
    const isTrusted = (from: Identity, serial?: string) =>
      isSignedBy(keys.trusted(serial), TEXT, signedBy(from));

    expect([isTrusted(alipay), isTrusted(previous), isTrusted(app)]).toEqual([true, true, false]);
    expect(isTrusted(alipay, 'no such serial')).toBe(false);
    expect(first?.trusted(undefined)).toHaveLength(1);
    expect(second?.trusted(undefined)).toHaveLength(1);
  });

  it('does not believe a certificate whose time is over, beside one that holds', () => {
    const keys = open([file(expired), file(alipay)]);
    expect(isSignedBy(keys.trusted(undefined), TEXT, signedBy(expired))).toBe(false);
    expect(isSignedBy(keys.trusted(undefined), TEXT, signedBy(alipay))).toBe(true);
  });

  it.each<[string, () => unknown, string]>([
    ['the chain has a gap', () => open([alipay.pem]), 'no root in alipayRootCertFile vouches for'],
    [
      'the root only has the same name',
      () => open([file(alipay)], { rootCertificates: strangersRoot.pem }),
      'no root in alipayRootCertFile vouches for',
    ],
    ['all are too old', () => open([file(expired)]), 'holds no certificate that is valid today'],
    [
      'ours is for another key',
      () => open([file(alipay)], { appCertificate: alipay.pem }),
      'appCertFile holds a certificate for another key than privateKeyFile',
    ],
    ['there is none', () => open(['hush']), 'alipayCertFiles holds no certificate that can be read'],
  ])('is refused in a sentence when %s', (_what, work, sentence) => {
    expect(work).toThrow(BadKeyError);
    expect(work).toThrow(`account a: certificates.`);
    expect(work).toThrow(sentence);
  });
});
