import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { WebhookSecrets, newSecret, signatureOf } from './webhook-secrets.js';
import { WebhookConfig, webhookEnvironment } from './webhook.config.js';

const secretsWith = (key: Buffer<ArrayBuffer> | undefined) =>
  new WebhookSecrets(
    new WebhookConfig({ ...webhookEnvironment.parse({}), WEBHOOK_KEY_FILE: key, SWEEP_EVERY_MS: 1_000 }),
  );

describe('a signature', () => {
  /** The example that the libraries of the Standard Webhooks specification are tested with. */
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  };
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';

  it('is what the specification has for its example', () => {
    expect(signatureOf([secret], message)).toBe(signature);
  });

  it('comes once for each secret, and is another for anything else that is sent', () => {
    const [first, second, ...more] = signatureOf([newSecret(), secret], message).split(' ');
    expect([second, more]).toEqual([signature, []]);
    expect(first).not.toBe(signature);
    for (const other of [{ id: 'msg_q' }, { timestamp: message.timestamp + 1 }, { body: '{}' }])
      expect(signatureOf([secret], { ...message, ...other })).not.toBe(signature);
  });
});

describe('a secret', () => {
  it('is 32 random bytes', () => {
    const secrets = Array.from({ length: 100 }, newSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  });

  it('is stored so that only its key opens it, for its webhook, and as it was', () => {
    const secrets = secretsWith(randomBytes(32));
    const secret = newSecret();
    const sealed = secrets.seal('7', secret);

    expect(secrets.open('7', sealed)).toBe(secret);
    expect(sealed.includes(secret.slice(6, 20))).toBe(false);
    expect(secrets.seal('7', secret).equals(sealed)).toBe(false);
    expect(() => secrets.open('8', sealed)).toThrow('authenticate');
    expect(() => secretsWith(randomBytes(32)).open('7', sealed)).toThrow('authenticate');
    sealed[sealed.length - 1]! ^= 1;
    expect(() => secrets.open('7', sealed)).toThrow('authenticate');
  });

  it('can not be kept where there is no key', () => {
    expect(() => secretsWith(undefined).seal('7', newSecret())).toThrow('WEBHOOK_KEY_FILE');
  });
});
