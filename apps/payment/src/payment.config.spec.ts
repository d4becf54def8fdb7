import { describe, expect, it } from '@jest/globals';
import { BadConfigurationError, loadConfig } from '#libs/service';
import { PaymentConfig, paymentEnvironment } from './payment.config.js';

const GOOD = {
  MYSQL_URL: 'mysql://root@127.0.0.1:3306',
  REDIS_URL: 'redis://127.0.0.1:6379',
  PUBLIC_URL: 'https://pay.merchant.test/',
  PAYMENT_CHANNELS_FILE: '/etc/clearbid/channels.json',
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
      PAYMENT_CHANNELS_FILE: '',
      ARCHIVE_BATCH: '0',
      QUERY_LADDER_SECONDS: '10;20',
    });
    for (const variable of [
      'PUBLIC_URL',
      'PAYMENT_CHANNELS_FILE: is missing',
      'ARCHIVE_BATCH',
      'QUERY_LADDER_SECONDS: must be seconds, separated by commas',
    ]) {
      expect(problems).toContain(variable);
    }
  });
});
