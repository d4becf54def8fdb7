import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BadConfigurationError } from '#libs/service';
import { SandboxConfig } from '../config.js';
import { AlipayKeys } from './alipay-keys.js';

describe('the keys of the simulated Alipay', () => {
  let directory: string;
  let keyFile: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keys-'));
    keyFile = join(directory, 'app.pem');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const load = async (appKey: string) => {
    await writeFile(keyFile, appKey);
    return AlipayKeys.load(
      SandboxConfig.load({
        SANDBOX_DATA_DIR: directory,
        SANDBOX_ALIPAY_APP_ID: '1',
        SANDBOX_ALIPAY_SELLER_ID: '2',
        SANDBOX_ALIPAY_APP_PUBLIC_KEY_FILE: keyFile,
      }),
    );
  };
  const pair = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength });
  const pem = (bits?: number) => pair(bits).publicKey.export({ type: 'spki', format: 'pem' }).toString();

  it('are made once, for the owner’s eyes only, and kept', async () => {
    const appKey = pem();
    const [first, second] = [await load(appKey), await load(appKey)];

    expect(first.alipayPrivateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(second.alipayPrivateKey.equals(first.alipayPrivateKey)).toBe(true);
    for (const name of ['alipay-private-key.pem', 'alipay-public-key.pem']) {
      expect((await stat(join(directory, 'keys', name))).mode & 0o777).toBe(0o600);
    }
    expect(await readFile(join(directory, 'keys', 'alipay-public-key.pem'), 'utf8')).toMatch(
      /^-----BEGIN PUBLIC KEY/,
    );
  });

  it('take the merchant’s key also as the bare base64 of Alipay’s own tool', async () => {
    const bare = pair().publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

    expect((await load(bare)).appPublicKey.asymmetricKeyType).toBe('rsa');
  });

  it.each([
    [
      'a private key',
      () => pair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      'holds a private key',
    ],
    ['a key of 1024 bits', () => pem(1024), 'is a key of 1024 bits; RSA2 needs 2048'],
    ['no key', () => 'nothing', 'holds no RSA public key'],
    [
      'a key of another kind',
      () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      'holds no RSA public key',
    ],
  ])('refuse %s in the place of the merchant’s', async (_what, key, why) => {
    const loading = load(key());

    await expect(loading).rejects.toThrow(BadConfigurationError);
    await expect(loading).rejects.toThrow(why);
  });

  it('name a file that is not there', async () => {
    const config = SandboxConfig.load({
      SANDBOX_DATA_DIR: directory,
      SANDBOX_ALIPAY_APP_ID: '1',
      SANDBOX_ALIPAY_SELLER_ID: '2',
      SANDBOX_ALIPAY_APP_PUBLIC_KEY_FILE: join(directory, 'nowhere.pem'),
    });

    await expect(AlipayKeys.load(config)).rejects.toThrow(/nowhere\.pem can't be read/);
  });
});
