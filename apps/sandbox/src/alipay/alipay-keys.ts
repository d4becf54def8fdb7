import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SandboxConfig } from '../config.js';
import { BadConfigurationError } from '#libs/service';

const MIN_BITS = 2048;
const OWNER_ONLY = 0o600;

/** Alipay's own key pair and what it holds of the merchant. */
export class AlipayKeys {
  private constructor(
    /** Signs replies, notifies and synchronous returns. */
    readonly alipayPrivateKey: KeyObject,
    /** Verifies the merchant's requests. */
    readonly appPublicKey: KeyObject,
  ) {}

  /** Makes Alipay's pair at the first start, in `keys/` of the data directory. */
  static async load(config: SandboxConfig): Promise<AlipayKeys> {
    const directory = join(config.dataDir, 'keys');
    const privateKeyFile = join(directory, 'alipay-private-key.pem');
    const publicKeyFile = join(directory, 'alipay-public-key.pem');
    const known = await readIfThere(privateKeyFile);
    const privateKey = known === undefined ? await newPrivateKey() : createPrivateKey(known);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (known === undefined)
      await writeWhole(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const publicKey = createPublicKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeWhole(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
    return new AlipayKeys(privateKey, await readAppPublicKey(config.alipay.appPublicKeyFile));
  }
}

async function newPrivateKey(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: MIN_BITS });
  return privateKey;
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** In one step: whoever waits for the file never reads half a key. */
async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, content, { mode: OWNER_ONLY });
  await chmod(fresh, OWNER_ONLY);
  await rename(fresh, path);
}

async function readAppPublicKey(path: string): Promise<KeyObject> {
  const refuse = (problem: string): never => {
    throw new BadConfigurationError('sandbox', [`SANDBOX_ALIPAY_APP_PUBLIC_KEY_FILE: ${problem}`]);
  };
  const text = await readFile(path, 'utf8').catch(() => refuse(`${path} can't be read`));
  if (text.includes('PRIVATE KEY'))
    return refuse('holds a private key; Alipay only ever gets the public one');
  const pem = text.includes('-----BEGIN')
    ? text
    : `-----BEGIN PUBLIC KEY-----\n${text.trim()}\n-----END PUBLIC KEY-----\n`;
  const key = parsePublicKey(pem);
  if (key?.asymmetricKeyType !== 'rsa') return refuse('holds no RSA public key');
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits >= MIN_BITS ? key : refuse(`is a key of ${bits} bits; RSA2 needs ${MIN_BITS}`);
}

function parsePublicKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
