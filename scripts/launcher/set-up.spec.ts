import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readSettings } from './environment.mjs';
import { totalLine, totalsOf } from './jest.mjs';
import { isNodeRecentEnough } from './node-version.mjs';
import { ensurePackages } from './packages.mjs';
import { freePort, isPortFree } from './ports.mjs';
import { ensureRsaPair, ensureSecrets } from './secrets.mjs';
import { chooseTiers } from './test.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clearbid-set-up-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('Node', () => {
  it.each([
    ['20.18.3', false],
    ['18.20.0', false],
    ['20.19.0', true],
    ['22.0.0', true],
  ])('%s is recent enough: %s', (version, enough) => {
    expect(isNodeRecentEnough(version)).toBe(enough);
  });
});

describe('Ports', () => {
  it('are free until somebody listens there, on IPv4 or IPv6', async () => {
    const port = await freePort();
    expect(await isPortFree(port)).toBe(true);

    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await isPortFree(port)).toBe(false);
    server.close();
  });

  it('are never given away twice', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));

    expect(new Set(ports).size).toBe(50);
  });
});

describe('Settings', () => {
  const names = ['PORT', 'REPLICAS', 'MYSQL_URL', 'LOG_LEVEL'];
  const before = names.map((name) => [name, process.env[name]] as const);
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  it('come from .env where the environment is silent', () => {
    writeFileSync(join(folder, '.env'), 'PORT=4000\nREPLICAS=2\nMYSQL_URL=\n# nothing\n');
    delete process.env.PORT;
    process.env.REPLICAS = '3';
    delete process.env.MYSQL_URL;

    expect(readSettings(folder)).toMatchObject({ port: 4000, replicas: 3, mysqlUrl: undefined });
  });

  it.each(['three', '0', '99999', '3000.5'])('refuse PORT=%s by name', (value) => {
    process.env.PORT = value;

    expect(() => readSettings(folder)).toThrow(
      `PORT must be a whole number from 1 to 65535, not "${value}".`,
    );
  });
});

describe('Secrets', () => {
  it('are made once, of the right kind, and readable by their owner alone', () => {
    const files = ensureSecrets(folder);
    const again = ensureSecrets(folder);

    expect(again).toEqual(files);
    expect(statSync(files.sessionPrivateKey).mode & 0o777).toBe(0o600);
    expect(createPublicKey(readFileSync(files.sessionPublicKey)).asymmetricKeyType).toBe('ed25519');
  });

  it('of a channel account are a pair, made once', () => {
    ensureRsaPair(folder, 'alipay-main');
    const file = join(folder, 'alipay-main-private-key.pem');
    const text = readFileSync(file, 'utf8');
    ensureRsaPair(folder, 'alipay-main');

    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const application = createPrivateKey(text);
    expect(application.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(createPublicKey(application).export({ type: 'spki', format: 'pem' })).toBe(
      readFileSync(join(folder, 'alipay-main-public-key.pem'), 'utf8'),
    );
  });
});

describe('Packages', () => {
  const lock = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    },
  };

  it('that npm has installed as the lock file says are left alone', async () => {
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    writeFileSync(
      join(folder, 'node_modules', '.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    );
    const said: string[] = [];

    await ensurePackages(folder, (detail) => said.push(detail));

    expect(said).toEqual(['up to date']);
  });
});

describe('npm test', () => {
  it('runs everything, or the tiers that are named, or what matches a pattern', () => {
    const names = (...args: string[]) => chooseTiers(args).tiers.map(({ name }) => name);

    expect(names()).toEqual(['check', 'unit', 'integration', 'e2e', 'disasters', 'browser']);
    expect(names('unit')).toEqual(['unit']);
    expect(names('e2e', 'kill')).toEqual(['e2e']);
    expect(chooseTiers(['e2e', 'kill']).patterns).toEqual(['kill']);
    expect(names('wallet')).toEqual(['unit', 'integration', 'e2e', 'disasters', 'browser']);
  });

  it('counts a suite that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 1,
      numPendingTests: 0,
      numTodoTests: 0,
      numRuntimeErrorTestSuites: 2,
    };

    expect(totalsOf(report)).toEqual({ passed: 7, failed: 3, skipped: 0 });
  });

  it('ends in one line that tells all', () => {
    expect(totalLine({ passed: 10, failed: 0, skipped: 0 })).toBe('10 passed, 0 failed');
    expect(totalLine({ passed: 10, failed: 1, skipped: 2 })).toBe('10 passed, 1 failed, 2 skipped');
  });
});
