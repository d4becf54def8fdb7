import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadConfigurationError } from '#libs/service';
import { readIfThere, writeWhole } from '../channel/key-files.js';
import type { Trade } from '../trade/trade.js';
import { alipaySerialOf, type CertificateAuthority } from './alipay-certificates.js';

const MIN_BITS = 2048;

/** An application as the file of merchants names it; its path is ready to be opened. */
export interface AlipayApplicationEntry {
  readonly appId: string;
  readonly sellerId: string;
  /** The application's public key: PEM, or the bare base64 that Alipay's own tool writes. */
  readonly publicKeyFile: string;
  /** Whether it has chosen certificates (公钥证书) instead of plain keys. */
  readonly certificates: boolean;
}

/** What Alipay holds of a merchant's application. */
export interface AlipayApplication {
  readonly appId: string;
  readonly sellerId: string;
  readonly publicKey: KeyObject;
  /** Alipay's serial of the application's certificate; undefined in plain-key mode. */
  readonly certificateSerial: string | undefined;
}

/** The applications that this Alipay knows. */
export class AlipayApplications {
  private constructor(private readonly byAppId: ReadonlyMap<string, AlipayApplication>) {}

  /**
   * Reads the applications' keys, and issues certificates to those that want them: `alipay-app-cert-<appId>.pem` in the
   * directory of keys.
   *
   * @throws BadConfigurationError that lists every key that can't be used.
   */
  static async load(
    entries: readonly AlipayApplicationEntry[],
    authority: CertificateAuthority,
    directory: string,
  ): Promise<AlipayApplications> {
    const problems: string[] = [];
    const applications = new Map<string, AlipayApplication>();
    for (const { appId, sellerId, publicKeyFile, certificates } of entries) {
      const where = `alipay application ${appId}`;
      const publicKey = await readAppPublicKey(publicKeyFile);
      if (applications.has(appId)) problems.push(`${where}: is named twice`);
      if (typeof publicKey === 'string') {
        problems.push(`${where}: ${publicKey}`);
        continue;
      }
      const file = join(directory, `alipay-app-cert-${appId}.pem`);
      const certificate = certificates ? await certificateIn(file, appId, publicKey, authority) : undefined;
      applications.set(appId, {
        appId,
        sellerId,
        publicKey,
        certificateSerial: certificate && alipaySerialOf(certificate),
      });
    }
    if (problems.length > 0) throw new BadConfigurationError('sandbox', problems);
    return new AlipayApplications(applications);
  }

  find(appId: string): AlipayApplication | undefined {
    return this.byAppId.get(appId);
  }

  all(): readonly AlipayApplication[] {
    return [...this.byAppId.values()];
  }

  /** Whose trade it is. */
  of(trade: Trade): AlipayApplication {
    const application = this.byAppId.get(trade.account);
    if (application === undefined)
      throw new Error(
        `Trade ${trade.outTradeNo} is of application ${trade.account}, which is not known any more`,
      );
    return application;
  }
}

/** The certificate that was issued before, if it is for this key. */
async function certificateIn(
  file: string,
  appId: string,
  publicKey: KeyObject,
  authority: CertificateAuthority,
): Promise<X509Certificate> {
  const known = await readIfThere(file);
  if (known !== undefined) {
    const certificate = new X509Certificate(known);
    if (certificate.publicKey.equals(publicKey) && authority.hasIssued(certificate)) return certificate;
  }
  const pem = await authority.issue(`CN=${appId}`, publicKey);
  await writeWhole(file, pem, 'public');
  return new X509Certificate(pem);
}

/** @returns what is wrong with the file, when it holds no such key. */
async function readAppPublicKey(path: string): Promise<KeyObject | string> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return `${path} can't be read`;
  if (text.includes('PRIVATE KEY'))
    return `${path} holds a private key; Alipay only ever gets the public one`;
  const pem = text.includes('-----BEGIN')
    ? text
    : `-----BEGIN PUBLIC KEY-----\n${text.trim()}\n-----END PUBLIC KEY-----\n`;
  const key = parsePublicKey(pem);
  if (key?.asymmetricKeyType !== 'rsa') return `${path} holds no RSA public key`;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits >= MIN_BITS ? key : `${path} is a key of ${bits} bits; RSA2 needs ${MIN_BITS}`;
}

function parsePublicKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
