import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BadConfigurationError } from '#libs/service';
import { type AlipayApplicationEntry, AlipayApplications } from './alipay-applications.js';
import { AlipayKeys } from './alipay-keys.js';

let directory: string;
let keyFile: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'applications-'));
  keyFile = join(directory, 'app.pem');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const pair = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength });
const pem = (bits?: number) => pair(bits).publicKey.export({ type: 'spki', format: 'pem' }).toString();

async function load(key: string, ...more: Partial<AlipayApplicationEntry>[]): Promise<AlipayApplications> {
  await writeFile(keyFile, key);
  const entries = (more.length === 0 ? [{}] : more).map((entry) => ({
    appId: '1',
    sellerId: '2',
    publicKeyFile: keyFile,
    certificates: false,
    ...entry,
  }));
  return AlipayApplications.load(entries, (await AlipayKeys.load(directory)).authority, directory);
}

describe('the key of an application', () => {
  it('may also be the bare base64 of Alipay’s own tool', async () => {
    const bare = pair().publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    expect((await load(bare)).find('1')?.publicKey.asymmetricKeyType).toBe('rsa');
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
  ])('is not %s', async (_what, key, why) => {
    const loading = load(key());
    await expect(loading).rejects.toThrow(BadConfigurationError);
    await expect(loading).rejects.toThrow(why);
  });

  it('that can’t be used is named with all others that can’t', async () => {
    const loading = load(
      pem(),
      { publicKeyFile: join(directory, 'nowhere.pem') },
      { appId: '2' },
      { appId: '2' },
    );
    await expect(loading).rejects.toThrow(/application 1: .*nowhere\.pem can't be read/);
    await expect(loading).rejects.toThrow(/application 2: is named twice/);
  });
});

it('An application that wants a certificate gets one for its key, and another when its key is another', async () => {
  const key = pem();
  const file = join(directory, 'alipay-app-cert-1.pem');
  const serialWith = async (text: string) =>
    (await load(text, { certificates: true })).find('1')?.certificateSerial;

  const first = await serialWith(key);
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(new X509Certificate(await readFile(file, 'utf8')).subject).toContain('CN=1');
  expect(await serialWith(key)).toBe(first);
  expect(await serialWith(pem())).not.toBe(first);
  expect((await load(key)).find('1')?.certificateSerial).toBeUndefined();
});
