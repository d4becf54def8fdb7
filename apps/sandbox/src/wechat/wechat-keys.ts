import { createPrivateKey, createPublicKey, generateKeyPair, randomInt, type KeyObject } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readIfThere, writeWhole } from '../channel/key-files.js';
import {
  newPlatformCertificate,
  readPlatformCertificate,
  type PlatformCertificate,
} from './platform-certificate.js';

/** Whatever signs for the platform: a certificate's key under its serial number, or the public key's under its id. */
export interface PlatformSigner {
  /** What `Wechatpay-Serial` says. */
  readonly serial: string;
  readonly privateKey: KeyObject;
}

const BITS = 2048;
const ID_DIGITS = 33;
const MAX_CERTIFICATES = 10;

/**
 * WeChat Pay's own keys: one "WeChat Pay public key" with its id, and platform certificates, of which there are two during a
 * rotation. All live in `keys/` of the data directory and are made at the first start.
 */
export class WechatKeys {
  private turn = 0;

  private constructor(
    private readonly directory: string,
    /** Signs for merchants that verify with the WeChat Pay public key. */
    readonly publicKeySigner: PlatformSigner,
    private readonly held: PlatformCertificate[],
  ) {}

  static async load(dataDir: string): Promise<WechatKeys> {
    const directory = join(dataDir, 'keys');
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const signer = await loadPublicKeySigner(directory);
    const held: PlatformCertificate[] = [];
    for (let number = 1; number <= MAX_CERTIFICATES; number += 1) {
      const pem = await readIfThere(certificateFile(directory, number));
      const privateKeyPem = await readIfThere(certificateKeyFile(directory, number));
      if (pem === undefined || privateKeyPem === undefined) break;
      held.push(readPlatformCertificate(pem, privateKeyPem));
    }
    const keys = new WechatKeys(directory, signer, held);
    if (held.length === 0) await keys.rotate();
    return keys;
  }

  /** Oldest first; never empty. */
  get certificates(): readonly PlatformCertificate[] {
    return this.held;
  }

  /** The certificate that replies are signed with: the newest. */
  get certificateSigner(): PlatformSigner {
    const newest = this.held.at(-1);
    if (newest === undefined) throw new Error('WeChat Pay has no platform certificate');
    return { serial: newest.serialNo, privateKey: newest.privateKey };
  }

  /** While a rotation is under way, notifies are signed with one certificate, then with another. */
  nextCertificateSigner(): PlatformSigner {
    this.turn += 1;
    const next = this.held[this.turn % this.held.length];
    return next === undefined
      ? this.certificateSigner
      : { serial: next.serialNo, privateKey: next.privateKey };
  }

  /** The signer of that serial number or id; `undefined` when the platform has no such key. */
  signerOf(serial: string): PlatformSigner | undefined {
    if (serial === this.publicKeySigner.serial) return this.publicKeySigner;
    const certificate = this.held.find((known) => known.serialNo === serial.toUpperCase());
    return certificate && { serial: certificate.serialNo, privateKey: certificate.privateKey };
  }

  /** Adds a platform certificate; the ones before it stay good. @returns the new one. */
  async rotate(): Promise<PlatformCertificate> {
    const number = this.held.length + 1;
    if (number > MAX_CERTIFICATES)
      throw new Error(`The sandbox keeps ${MAX_CERTIFICATES} platform certificates at most`);
    const fresh = await newPlatformCertificate(Date.now());
    await writeWhole(certificateKeyFile(this.directory, number), fresh.privateKeyPem, 'private');
    await writeWhole(certificateFile(this.directory, number), fresh.pem, 'public');
    const certificate = readPlatformCertificate(fresh.pem, fresh.privateKeyPem);
    this.held.push(certificate);
    return certificate;
  }
}

/** The first is `wechatpay-platform-cert.pem`, the ones after it have their number in the name. */
function certificateFile(directory: string, number: number): string {
  return join(directory, `wechatpay-platform-cert${number === 1 ? '' : `-${number}`}.pem`);
}

function certificateKeyFile(directory: string, number: number): string {
  return join(directory, `wechatpay-platform-private-key${number === 1 ? '' : `-${number}`}.pem`);
}

async function loadPublicKeySigner(directory: string): Promise<PlatformSigner> {
  const privateKeyFile = join(directory, 'wechatpay-private-key.pem');
  const idFile = join(directory, 'wechatpay-public-key-id.txt');
  const known = await readIfThere(privateKeyFile);
  const privateKey = known === undefined ? await newPrivateKey() : createPrivateKey(known);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  if (known === undefined) await writeWhole(privateKeyFile, pem, 'private');
  const publicKeyPem = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
  await writeWhole(join(directory, 'wechatpay-public-key.pem'), publicKeyPem, 'public');
  const id = (await readIfThere(idFile))?.trim() || newPublicKeyId();
  await writeWhole(idFile, `${id}\n`, 'public');
  return { serial: id, privateKey };
}

async function newPrivateKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: BITS });
  return privateKey;
}

/** `PUB_KEY_ID_0` and digits. */
function newPublicKeyId(): string {
  const digits = Array.from({ length: ID_DIGITS }, () => String(randomInt(10))).join('');
  return `PUB_KEY_ID_0${digits}`;
}
