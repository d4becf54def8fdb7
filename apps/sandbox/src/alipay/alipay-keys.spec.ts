import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { AlipayKeys } from './alipay-keys.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const text = (name: string) => readFile(join(directory, name), 'utf8');

it('are made once, the private ones for the owner’s eyes only, and kept', async () => {
  const first = await AlipayKeys.load(directory);
  const second = await AlipayKeys.load(directory);

  expect(first.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(second.privateKey.equals(first.privateKey)).toBe(true);
  expect(second.certificateSerial).toBe(first.certificateSerial);
  expect(second.authority.rootSerial).toBe(first.authority.rootSerial);
  for (const name of ['alipay-private-key.pem', 'alipay-root-private-key.pem'])
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  expect(createPublicKey(await text('alipay-public-key.pem')).equals(createPublicKey(first.privateKey))).toBe(
    true,
  );
});

it('have a certificate that the root vouches for, and that is no root itself', async () => {
  const { privateKey } = await AlipayKeys.load(directory);
  const [root, certificate] = [
    new X509Certificate(await text('alipay-root-cert.pem')),
    new X509Certificate(await text('alipay-cert.pem')),
  ];

  expect(certificate.checkIssued(root) && certificate.verify(root.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(privateKey)).toBe(true);
  expect([root.ca, certificate.ca]).toEqual([true, false]);
});
