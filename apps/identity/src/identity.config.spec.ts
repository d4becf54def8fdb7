import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { BadConfigurationError, loadConfig } from '#libs/service';
import { seedEnvironment } from './demo/seed.config.js';
import { identityDatabase, identityEnvironment } from './identity.config.js';

const directory = mkdtempSync(join(tmpdir(), 'clearbid-identity-config-'));
const keys = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

afterAll(() => rmSync(directory, { recursive: true }));

function fileWith(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

const servers = { MYSQL_URL: 'mysql://root@127.0.0.1:3306', REDIS_URL: 'redis://127.0.0.1:6379' };

function problemsOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof BadConfigurationError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the configuration of identity', () => {
  it('needs two servers and the private key', () => {
    const file = fileWith('private.pem', keys.privateKey);
    const config = loadConfig('identity', identityEnvironment, {
      ...servers,
      SESSION_PRIVATE_KEY_FILE: file,
    });
    expect(config.SESSION_PRIVATE_KEY_FILE.asymmetricKeyType).toBe('ed25519');
    expect(config.ACCESS_TOKEN_LIFE_SECONDS).toBe(600);
    expect(identityDatabase(config).schema).toBe('clearbid_identity');
  });

  it('says what is wrong with the key file and never what stands in it', () => {
    const withKey = (file: string) =>
      problemsOf(() =>
        loadConfig('identity', identityEnvironment, { ...servers, SESSION_PRIVATE_KEY_FILE: file }),
      );
    expect(withKey(fileWith('public.pem', keys.publicKey))).toMatch(
      /SESSION_PRIVATE_KEY_FILE: .*public\.pem holds a public key/,
    );
    expect(withKey(join(directory, 'nowhere.pem'))).toMatch(/nowhere\.pem can't be read \(ENOENT\)/);
    expect(withKey(fileWith('secret.txt', 'hush-hush'))).not.toContain('hush-hush');
  });

  it('does not let an access token live longer than the mark of an ended session', () => {
    const environment = {
      ...servers,
      SESSION_PRIVATE_KEY_FILE: fileWith('private.pem', keys.privateKey),
      ACCESS_TOKEN_LIFE_SECONDS: '601',
    };
    expect(problemsOf(() => loadConfig('identity', identityEnvironment, environment))).toContain(
      'ACCESS_TOKEN_LIFE_SECONDS',
    );
  });
});

describe('the seed', () => {
  it('is refused where NODE_ENV is production', () => {
    const seed = (NODE_ENV?: string) =>
      problemsOf(() => loadConfig('seed', seedEnvironment, { ...servers, NODE_ENV }));
    expect(seed('production')).toContain('NODE_ENV: is production');
    expect(seed('development')).toBe('none');
    expect(seed()).toBe('none');
  });
});
