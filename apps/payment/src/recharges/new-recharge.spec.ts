import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { DomainError, type RequestOf, type payment } from '#libs/contracts';
import { AlipayChannel } from '#libs/payments';
import { checkNewRecharge, requestHash } from './new-recharge.js';

type Request = RequestOf<typeof payment.createRecharge>;

const LIMITS = { minAmount: 1_000_000n, maxAmount: 50_000_000_000n };
const REQUEST: Request = { merchantId: '7', amount: 50_000_000n, channel: 'alipay', method: 'page' };

const channel = new AlipayChannel({
  accountId: 'alipay-main',
  gatewayUrl: 'http://alipay.test/gateway.do',
  appId: '1',
  sellerId: '2',
  privateKey: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey,
  theirs: {
    alipayPublicKeys: [
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).publicKey,
    ],
  },
  feeBasisPoints: 60,
});

function refusalOf(more: Partial<Request>, limits = LIMITS): DomainError | 'accepted' {
  try {
    checkNewRecharge({ ...REQUEST, ...more }, channel, limits);
  } catch (error) {
    if (DomainError.is(error)) return error;
    throw error;
  }
  return 'accepted';
}

describe('a new recharge', () => {
  it.each([LIMITS.minAmount, LIMITS.minAmount + 10_000n, LIMITS.maxAmount])(
    'of %d micro-yuan is taken',
    (amount) => {
      expect(refusalOf({ amount })).toBe('accepted');
    },
  );

  it.each([0n, -1_000_000n, LIMITS.minAmount - 10_000n, LIMITS.maxAmount + 10_000n, 2n ** 62n])(
    'of %d micro-yuan is outside the range, which the refusal names',
    (amount) => {
      expect(refusalOf({ amount })).toMatchObject({
        code: 'AMOUNT_OUT_OF_RANGE',
        details: { errors: [{ field: 'amount', message: 'must be from 1.00 to 50000.00 yuan' }] },
      });
    },
  );

  it.each([1_000_001n, 1_005_000n, 1_009_999n])('of %d micro-yuan is no whole number of fen', (amount) => {
    expect(refusalOf({ amount })).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: { errors: [{ field: 'amount' }] },
    });
  });

  it("is bound by the channel's own limits too, where they are narrower than ours", () => {
    const wide = { minAmount: 1n, maxAmount: 2n ** 62n };
    expect(refusalOf({ amount: 10_000n }, wide)).toBe('accepted');
    expect(refusalOf({ amount: 5_000n }, wide)).toMatchObject({
      message: 'amount must be from 0.01 to 100000000.00 yuan',
    });
  });

  it('is refused when the method must know who the buyer is, and it does not say', () => {
    const methods = { jsapi: { callsChannel: true, needs: ['payerOpenId'] } } as const;
    const knowing = Object.assign(Object.create(channel) as typeof channel, {
      capabilities: { ...channel.capabilities, methods },
    });
    const wish = { ...REQUEST, method: 'jsapi' } as const;
    expect(() => checkNewRecharge(wish, knowing, LIMITS)).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        details: { errors: [{ field: 'payerOpenId', message: 'is needed to pay by jsapi' }] },
      }),
    );
    expect(() => checkNewRecharge({ ...wish, payerOpenId: 'o1' }, knowing, LIMITS)).not.toThrow();
  });

  it.each(['native', 'h5', 'jsapi'] as const)(
    'by %s is not what Alipay offers, which the refusal names',
    (method) => {
      expect(refusalOf({ method })).toMatchObject({
        code: 'METHOD_NOT_SUPPORTED',
        details: { errors: [{ field: 'method', message: `alipay offers page, wap, qr, not ${method}` }] },
      });
    },
  );
});

describe('two requests', () => {
  it('are the same when they mean the same, whatever their keys', () => {
    expect(requestHash({ ...REQUEST, idempotencyKey: 'a' })).toEqual(
      requestHash({ ...REQUEST, idempotencyKey: 'b' }),
    );
  });

  it.each<Partial<Request>>([
    { merchantId: '8' },
    { amount: 50_010_000n },
    { channel: 'wechat' },
    { method: 'wap' },
  ])('are two when they differ by %p', (more) => {
    expect(requestHash({ ...REQUEST, ...more }).equals(requestHash(REQUEST))).toBe(false);
  });

  it('are two though their fields, put side by side, read the same', () => {
    const one = requestHash({ ...REQUEST, merchantId: '75', amount: 0n });
    const other = requestHash({ ...REQUEST, merchantId: '7', amount: 50n });
    expect(one.equals(other)).toBe(false);
  });
});
