import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { BadKeyError } from '#libs/payments';
import { BadConfigurationError, loadConfig } from '#libs/service';
import { PaymentConfig, configuredChannels, paymentEnvironment } from './payment.config.js';

const directory = mkdtempSync(join(tmpdir(), 'clearbid-payment-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const keyPair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
const ours = keyPair();
const alipay = keyPair();

function fileWith(name: string, text: string): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  return file;
}

const GOOD = {
  MYSQL_URL: 'mysql://root@127.0.0.1:3306',
  REDIS_URL: 'redis://127.0.0.1:6379',
  PUBLIC_URL: 'https://pay.merchant.test/',
  ALIPAY_GATEWAY_URL: 'https://openapi.alipay.test/gateway.do',
  ALIPAY_APP_ID: '2021000000000007',
  ALIPAY_SELLER_ID: '2088000000000007',
  ALIPAY_PRIVATE_KEY_FILE: fileWith('private.pem', ours.privateKey),
  ALIPAY_PUBLIC_KEY_FILE: fileWith('alipay.pem', alipay.publicKey),
};

const load = (more: Readonly<Record<string, string>> = {}) =>
  loadConfig('payment', paymentEnvironment, { ...GOOD, ...more });

function problemsOf(more: Readonly<Record<string, string>>): string {
  try {
    load(more);
  } catch (error) {
    if (error instanceof BadConfigurationError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the configuration of payment', () => {
  it('has the ladder and the limits that the design asks for when nothing else is said', () => {
    const config = new PaymentConfig(load());
    expect(config.ladder.rungsMs.slice(0, 3)).toEqual([10_000, 20_000, 30_000]);
    expect(config.expiryMs).toBe(30 * 60_000);
    expect(config.minAmount).toBe(10_000n);
    expect(config.maxAmount).toBe(50_000_000_000n);
    expect(config.notifyUrl('alipay')).toBe('https://pay.merchant.test/v1/notify/alipay');
    expect(config.returnUrl('7')).toBe('https://pay.merchant.test/recharges/7');
  });

  it('reads amounts in yuan, exactly', () => {
    const config = new PaymentConfig(load({ RECHARGE_MIN_YUAN: '1.50', QUERY_LADDER_SECONDS: '1,2,30' }));
    expect(config.minAmount).toBe(1_500_000n);
    expect(config.ladder.rungsMs).toEqual([1_000, 2_000, 30_000]);
    expect(problemsOf({ RECHARGE_MIN_YUAN: '1e3' })).toContain(
      'RECHARGE_MIN_YUAN: must be plain decimal yuan',
    );
  });

  it('names everything that is wrong with it at once', () => {
    const problems = problemsOf({
      PUBLIC_URL: 'nowhere',
      ALIPAY_APP_ID: '',
      ALIPAY_FEE_BPS: '10001',
      QUERY_LADDER_SECONDS: '10;20',
      ALIPAY_PUBLIC_KEY_FILE: join(directory, 'nowhere.pem'),
    });
    for (const variable of [
      'PUBLIC_URL',
      'ALIPAY_APP_ID: is missing',
      'ALIPAY_FEE_BPS',
      'QUERY_LADDER_SECONDS: must be seconds, separated by commas',
      "ALIPAY_PUBLIC_KEY_FILE: names a file that can't be read (ENOENT)",
    ]) {
      expect(problems).toContain(variable);
    }
  });

  it('does not repeat a key that somebody put where the name of its file belongs', () => {
    const problems = problemsOf({ ALIPAY_PRIVATE_KEY_FILE: ours.privateKey });
    expect(problems).toContain('ALIPAY_PRIVATE_KEY_FILE');
    expect(problems).not.toContain(ours.privateKey.slice(40, 80));
    expect(problems).not.toContain('BEGIN');
  });
});

describe('the keys of Alipay', () => {
  it('make a channel when they are right', () => {
    expect(configuredChannels(load()).map(({ name }) => name)).toEqual(['alipay']);
  });

  it.each([
    [
      { ALIPAY_PUBLIC_KEY_FILE: fileWith('ours.pem', ours.publicKey) },
      'ALIPAY_PUBLIC_KEY_FILE holds our own application public key',
    ],
    [
      {
        ALIPAY_PRIVATE_KEY_FILE: GOOD.ALIPAY_PUBLIC_KEY_FILE,
        ALIPAY_PUBLIC_KEY_FILE: GOOD.ALIPAY_PRIVATE_KEY_FILE,
      },
      'ALIPAY_PRIVATE_KEY_FILE holds a public key',
    ],
  ])('keep the service from starting when they are wrong, by the name of the setting', (more, sentence) => {
    expect(() => configuredChannels(load(more))).toThrow(BadKeyError);
    expect(() => configuredChannels(load(more))).toThrow(sentence);
  });
});
