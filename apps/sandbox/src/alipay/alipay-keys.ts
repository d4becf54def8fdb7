import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readIfThere, writeWhole } from '../channel/key-files.js';
import { alipaySerialOf, CertificateAuthority } from './alipay-certificates.js';

const BITS = 2048;

/**
 * Alipay's own key, with which it signs everything, and the certificate of that key under Alipay's root. All live in `keys/`
 * of the data directory and are made at the first start.
 */
export class AlipayKeys {
  private constructor(
    /** Signs replies, notifies and synchronous returns, in either mode. */
    readonly privateKey: KeyObject,
    /** What replies and notifies in certificate mode say that they are signed with. */
    readonly certificateSerial: string,
    readonly authority: CertificateAuthority,
  ) {}

  static async load(directory: string): Promise<AlipayKeys> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const file = (name: string) => join(directory, name);
    const privateKey = await ensurePrivateKey(file('alipay-private-key.pem'));
    const publicKey = createPublicKey(privateKey);
    const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await writeWhole(file('alipay-public-key.pem'), publicPem, 'public');
    const rootKey = await ensurePrivateKey(file('alipay-root-private-key.pem'));
    const rootPem = await ensureFile(file('alipay-root-cert.pem'), () =>
      CertificateAuthority.newRoot(rootKey),
    );
    const authority = CertificateAuthority.open(rootPem, rootKey);
    const certificate = await ensureFile(file('alipay-cert.pem'), () =>
      authority.issue('CN=Sandbox Alipay', publicKey),
    );
    return new AlipayKeys(privateKey, alipaySerialOf(new X509Certificate(certificate)), authority);
  }
}

async function ensurePrivateKey(path: string): Promise<KeyObject> {
  const known = await readIfThere(path);
  if (known !== undefined) return createPrivateKey(known);
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: BITS });
  await writeWhole(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'private');
  return privateKey;
}

async function ensureFile(path: string, make: () => Promise<string>): Promise<string> {
  const known = await readIfThere(path);
  if (known !== undefined) return known;
  const made = await make();
  await writeWhole(path, made, 'public');
  return made;
}
