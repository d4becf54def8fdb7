import { describe, expect, it } from '@jest/globals';
import { SandboxConfig } from './config.js';

const WANTED = {
  SANDBOX_DATA_DIR: 'data',
  SANDBOX_MERCHANTS_FILE: 'merchants.json',
};

describe('the configuration', () => {
  it('has a default for everything that can have one', () => {
    expect(SandboxConfig.load(WANTED)).toMatchObject({
      host: '127.0.0.1',
      port: 3100,
      publicUrl: undefined,
      timeScale: 1,
      callsPerSecond: 100,
      notifyOnClose: false,
    });
  });

  it('takes an empty variable for a missing one, and drops the slash at the end of its address', () => {
    const config = SandboxConfig.load({
      ...WANTED,
      SANDBOX_PORT: '',
      SANDBOX_PUBLIC_URL: 'https://pay.test/x/',
    });

    expect(config).toMatchObject({ port: 3100, publicUrl: 'https://pay.test/x' });
  });

  it('lists every bad variable at once', () => {
    const load = () =>
      SandboxConfig.load({
        SANDBOX_PORT: '70000',
        SANDBOX_TIME_SCALE: '0',
        LOG_LEVEL: 'loud',
      });

    for (const name of [
      'SANDBOX_PORT',
      'SANDBOX_TIME_SCALE',
      'LOG_LEVEL',
      'SANDBOX_DATA_DIR: is missing',
      'SANDBOX_MERCHANTS_FILE: is missing',
    ]) {
      expect(load).toThrow(name);
    }
  });

  it('refuses production', () => {
    expect(() => SandboxConfig.load({ ...WANTED, NODE_ENV: 'production' })).toThrow('must never run there');
  });
});
