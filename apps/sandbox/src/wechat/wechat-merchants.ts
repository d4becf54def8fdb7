import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BadConfigurationError } from '#libs/service';
import { API_V3_KEY_BYTES } from './cipher.js';

const MIN_BITS = 2048;

/** A merchant as the file of merchants names it; paths are ready to be opened. */
export interface WechatMerchantEntry {
  readonly mchid: string;
  /** Applications that are bound to the merchant. */
  readonly appids: readonly string[];
  /** Serial number of the merchant's API certificate, hexadecimal. */
  readonly serialNo: string;
  /** The merchant's public key or API certificate, PEM. */
  readonly publicKeyFile: string;
  /** The APIv3 key: 32 characters. */
  readonly apiV3KeyFile: string;
}

/** What WeChat Pay holds of a merchant. */
export interface WechatMerchant {
  readonly mchid: string;
  readonly appids: readonly string[];
  readonly serialNo: string;
  readonly publicKey: KeyObject;
  readonly apiV3Key: Buffer;
}

/** The merchants that this WeChat Pay knows. */
export class WechatMerchants {
  private constructor(private readonly byMchid: ReadonlyMap<string, WechatMerchant>) {}

  /** @throws BadConfigurationError that lists every key that can't be used. */
  static async load(entries: readonly WechatMerchantEntry[]): Promise<WechatMerchants> {
    const problems: string[] = [];
    const merchants = new Map<string, WechatMerchant>();
    for (const entry of entries) {
      const where = `wechat merchant ${entry.mchid}`;
      const publicKey = await readPublicKey(entry.publicKeyFile);
      const apiV3Key = await readApiV3Key(entry.apiV3KeyFile);
      if (typeof publicKey === 'string') problems.push(`${where}: ${publicKey}`);
      if (typeof apiV3Key === 'string') problems.push(`${where}: ${apiV3Key}`);
      if (merchants.has(entry.mchid)) problems.push(`${where}: is named twice`);
      if (typeof publicKey === 'string' || typeof apiV3Key === 'string') continue;
      const { mchid, appids, serialNo } = entry;
      merchants.set(mchid, { mchid, appids, serialNo, publicKey, apiV3Key });
    }
    if (problems.length > 0) throw new BadConfigurationError('sandbox', problems);
    return new WechatMerchants(merchants);
  }

  find(mchid: string): WechatMerchant | undefined {
    return this.byMchid.get(mchid);
  }

  all(): readonly WechatMerchant[] {
    return [...this.byMchid.values()];
  }
}

/** @returns what is wrong with the file, when it holds no such key. */
async function readPublicKey(path: string): Promise<KeyObject | string> {
  const pem = await readFile(path, 'utf8').catch(() => undefined);
  if (pem === undefined) return `${path} can't be read`;
  if (pem.includes('PRIVATE KEY'))
    return `${path} holds a private key; WeChat Pay only ever gets the public one`;
  const key = parsePublicKey(pem);
  if (key?.asymmetricKeyType !== 'rsa') return `${path} holds no RSA public key and no certificate`;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits >= MIN_BITS ? key : `${path} is a key of ${bits} bits; ${MIN_BITS} are needed`;
}

function parsePublicKey(pem: string): KeyObject | undefined {
  try {
    return pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  } catch {
    return undefined;
  }
}

async function readApiV3Key(path: string): Promise<Buffer | string> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return `${path} can't be read`;
  const key = Buffer.from(text.trim());
  return key.length === API_V3_KEY_BYTES
    ? key
    : `${path} must hold an APIv3 key of ${API_V3_KEY_BYTES} characters`;
}
