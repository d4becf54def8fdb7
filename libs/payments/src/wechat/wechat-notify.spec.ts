import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NotifyRefusal, RawNotify } from '../payment-channel.js';
import { type NotifyChanges, SmallWechat, newIdentity } from './testing/small-wechat.js';
import { WechatChannel } from './wechat-channel.js';

let wechat: SmallWechat;
let channel: WechatChannel;

beforeAll(async () => {
  wechat = await SmallWechat.listen();
  channel = new WechatChannel(wechat.settings());
});
afterAll(() => wechat.close());

const transaction = (more: object = {}) => ({
  appid: wechat.appid,
  mchid: wechat.mchid,
  out_trade_no: '1234567890123456789',
  transaction_id: '4200000000202611200000000001',
  trade_state: 'SUCCESS',
  success_time: '2026-11-20T11:03:05+08:00',
  amount: { total: 5_000, payer_total: 4_900, currency: 'CNY', payer_currency: 'CNY' },
  ...more,
});

const refund = (more: object = {}) => ({
  mchid: wechat.mchid,
  out_trade_no: '1234567890123456789',
  transaction_id: '4200000000202611200000000001',
  out_refund_no: '1234567890123456000',
  refund_id: '5030000000202611200000000001',
  refund_status: 'SUCCESS',
  success_time: '2026-11-20T12:03:05+08:00',
  amount: { total: 5_000, refund: 2_000, payer_total: 5_000, payer_refund: 2_000 },
  ...more,
});

const paid = (changes: NotifyChanges = {}, more: object = {}) =>
  wechat.notify('TRANSACTION.SUCCESS', transaction(more), changes);

/** Why it is refused, or `accepted`. */
function reasonOf(notify: RawNotify, by = channel): NotifyRefusal | 'accepted' {
  const verdict = by.verifyNotify(notify);
  if (verdict.accepted) return 'accepted';
  if (verdict.message === '') throw new Error('A refusal says why');
  return verdict.reason;
}

describe("WeChat Pay's notify", () => {
  it('of a payment tells what the buyer was asked for, not what was left after a coupon', () => {
    expect(channel.verifyNotify(paid())).toEqual({
      accepted: true,
      about: 'trade',
      outTradeNo: '1234567890123456789',
      trade: {
        state: 'PAID',
        channelTradeNo: '4200000000202611200000000001',
        amount: 50_000_000n,
        paidAt: new Date('2026-11-20T03:03:05Z'),
      },
      mismatches: [],
    });
  });

  it('of a refund tells which one, and how it ended', () => {
    const refunds = (['SUCCESS', 'ABNORMAL', 'CLOSED'] as const).map((status) =>
      channel.verifyNotify(wechat.notify(`REFUND.${status}`, refund({ refund_status: status }))),
    );
    expect(refunds).toMatchObject([
      {
        about: 'refund',
        outRefundNo: '1234567890123456000',
        mismatches: [],
        refund: {
          state: 'SUCCEEDED',
          channelRefundNo: '5030000000202611200000000001',
          amount: 20_000_000n,
          refundedAt: new Date('2026-11-20T04:03:05Z'),
        },
      },
      { about: 'refund', refund: { state: 'ABNORMAL' } },
      { about: 'refund', refund: { state: 'FAILED', problem: 'CLOSED_BY_CHANNEL' } },
    ]);
  });

  it('is believed with the public key and with the certificate, both at once', () => {
    expect(reasonOf(paid({ signer: wechat.publicKeySigner }))).toBe('accepted');
    expect(reasonOf(paid({ signer: wechat.certified }))).toBe('accepted');
    // Whoever has only one of the two believes only that one.
    const keyOnly = new WechatChannel(wechat.settings({ platformCertificates: [] }));
    const certificateOnly = new WechatChannel(wechat.settings({ platformPublicKeys: [] }));
    expect(reasonOf(paid({ signer: wechat.certified }), keyOnly)).toBe('UNKNOWN_KEY');
    expect(reasonOf(paid(), certificateOnly)).toBe('UNKNOWN_KEY');
  });

  it('is not believed with a certificate whose time is over', async () => {
    const over = await newIdentity(-400, -1);
    const both = new WechatChannel(wechat.settings({ platformCertificates: [over.certificate] }));
    expect(reasonOf(paid({ signer: over }), both)).toBe('UNKNOWN_KEY');
  });

  it('is opened with the APIv3 key of before while its notifies are on their way, and not after', () => {
    const old = randomBytes(16).toString('hex');
    const sealedBefore = paid({ apiV3Key: old });
    const during = new WechatChannel(wechat.settings({ previousApiV3Keys: [old] }));
    expect(reasonOf(sealedBefore, during)).toBe('accepted');
    expect(reasonOf(paid(), during)).toBe('accepted');
    expect(reasonOf(sealedBefore)).toBe('UNDECRYPTABLE');
  });

  it('says what differs when it is about another merchant or application (mistake 7)', () => {
    const verdict = channel.verifyNotify(paid({}, { appid: 'wx_other', mchid: '1900000008' }));
    expect(verdict).toMatchObject({
      accepted: true,
      mismatches: [
        'mchid is 1900000008, ours is 1900000007',
        'appid is wx_other, ours is wx0000000000000007',
      ],
    });
    const other = channel.verifyNotify(wechat.notify('REFUND.SUCCESS', refund({ mchid: '1900000008' })));
    expect(other).toMatchObject({ accepted: true, mismatches: ['mchid is 1900000008, ours is 1900000007'] });
  });

  it('is answered as WeChat Pay wants it', () => {
    expect(channel.notifyAccepted).toMatchObject({ status: 200, contentType: 'application/json' });
    const refused = channel.notifyRefused('not "ours"');
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body)).toEqual({ code: 'FAIL', message: 'not "ours"' });
  });
});

describe('a notify is refused', () => {
  it.each<[string, NotifyRefusal, () => RawNotify]>([
    ['a probe', 'PROBE', () => paid({ headers: { 'wechatpay-signature': 'WECHATPAY/SIGNTEST/abcdef==' } })],
    ['signed 301 seconds ago', 'STALE', () => paid({ ageSeconds: 301 })],
    ['signed in 302 seconds', 'STALE', () => paid({ ageSeconds: -302 })],
    ['an unknown serial', 'UNKNOWN_KEY', () => paid({ headers: { 'wechatpay-serial': 'PUB_KEY_ID_2' } })],
    [
      'an inherited name as serial',
      'UNKNOWN_KEY',
      () => paid({ headers: { 'wechatpay-serial': 'constructor' } }),
    ],
    [
      'signed with the key of another serial',
      'BAD_SIGNATURE',
      () => paid({ headers: { 'wechatpay-serial': wechat.certified.serial } }),
    ],
    [
      'another timestamp than was signed',
      'BAD_SIGNATURE',
      () => paid({ headers: { 'wechatpay-timestamp': String(Math.floor(Date.now() / 1_000) - 60) } }),
    ],
    ['another nonce than was signed', 'BAD_SIGNATURE', () => paid({ headers: { 'wechatpay-nonce': 'x' } })],
    [
      'a signature that is no base64',
      'BAD_SIGNATURE',
      () => paid({ headers: { 'wechatpay-signature': '%%%' } }),
    ],
    ['one byte more than was signed', 'BAD_SIGNATURE', () => appended(paid(), ' ')],
    ['no timestamp', 'MALFORMED', () => paid({ headers: { 'wechatpay-timestamp': '' } })],
    ['a timestamp that is none', 'MALFORMED', () => paid({ headers: { 'wechatpay-timestamp': 'NaN' } })],
    ['no signature', 'MALFORMED', () => paid({ headers: { 'wechatpay-signature': '' } })],
    ['a huge body', 'MALFORMED', () => paid({ body: `{"a":"${'支'.repeat(1_000_000)}"}` })],
    ['deep JSON', 'MALFORMED', () => paid({ body: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })],
    [
      'deep JSON in its resource',
      'MALFORMED',
      () => paid({ body: `{"resource":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}` }),
    ],
    ['no JSON', 'MALFORMED', () => paid({ body: '<xml/>' })],
    [
      'bytes that are no UTF-8',
      'MALFORMED',
      () => paid({ body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }),
    ],
    ['no resource', 'MALFORMED', () => paid({ body: '{"event_type":"TRANSACTION.SUCCESS"}' })],
    ['another algorithm', 'MALFORMED', () => paid({ resource: { algorithm: 'AEAD_SM4_GCM' } })],
    ['a short nonce', 'MALFORMED', () => paid({ resource: { nonce: 'abc' } })],
    ['a long nonce', 'MALFORMED', () => paid({ resource: { nonce: 'a'.repeat(13) } })],
    ['no nonce', 'MALFORMED', () => paid({ resource: { nonce: undefined } })],
    ['bad base64', 'MALFORMED', () => paid({ resource: { ciphertext: '!!not*base64!!' } })],
    ['no ciphertext', 'MALFORMED', () => paid({ resource: { ciphertext: '' } })],
    ['a ciphertext that is no text', 'MALFORMED', () => paid({ resource: { ciphertext: 7 } })],
    [
      'a ciphertext of a tag and nothing else',
      'MALFORMED',
      () => paid({ resource: { ciphertext: randomBytes(16).toString('base64') } }),
    ],
    [
      'a ciphertext cut off behind the tag',
      'UNDECRYPTABLE',
      () => paid({ resource: { ciphertext: randomBytes(40).toString('base64') } }),
    ],
    ['another associated data', 'UNDECRYPTABLE', () => paid({ resource: { associated_data: 'refund' } })],
    [
      'another nonce than it was sealed with',
      'UNDECRYPTABLE',
      () => paid({ resource: { nonce: 'a'.repeat(12) } }),
    ],
    ['sealed for another merchant', 'UNDECRYPTABLE', () => paid({ apiV3Key: 'k'.repeat(32) })],
    ['no JSON inside', 'MALFORMED', () => wechat.notify('TRANSACTION.SUCCESS', 'out_trade_no=7')],
    ['an unknown event', 'MALFORMED', () => wechat.notify('PAYSCORE.USER_PAID', transaction())],
    ['an unknown state', 'MALFORMED', () => paid({}, { trade_state: 'PAID' })],
    ['no number of ours', 'MALFORMED', () => paid({}, { out_trade_no: undefined })],
    ["no number of WeChat Pay's", 'MALFORMED', () => paid({}, { transaction_id: '' })],
    ['no time', 'MALFORMED', () => paid({}, { success_time: 'yesterday' })],
    ['no amount', 'MALFORMED', () => paid({}, { amount: undefined })],
    ['an amount as text', 'MALFORMED', () => paid({}, { amount: { total: '5000' } })],
    ['half a fen', 'MALFORMED', () => paid({}, { amount: { total: 5_000.5 } })],
    ['an amount beyond what a number holds', 'MALFORMED', () => paid({}, { amount: { total: 2 ** 53 } })],
    ['a negative amount', 'MALFORMED', () => paid({}, { amount: { total: -1 } })],
    ['another currency', 'MALFORMED', () => paid({}, { amount: { total: 5_000, currency: 'USD' } })],
    [
      'a refund without its number',
      'MALFORMED',
      () => wechat.notify('REFUND.SUCCESS', refund({ out_refund_no: 1 })),
    ],
  ])('with %s: %s', (_what, reason, notify) => {
    expect(reasonOf(notify())).toBe(reason);
  });

  it('with the number that it names once it could be opened, and without before that', () => {
    const opened = channel.verifyNotify(paid({}, { trade_state: 'PAID' }));
    expect(opened).toMatchObject({ accepted: false, claimedOutTradeNo: '1234567890123456789' });
    const sealed = channel.verifyNotify(paid({ apiV3Key: 'k'.repeat(32) }));
    expect(sealed).toMatchObject({ accepted: false, claimedOutTradeNo: null });
  });

  it('wherever its ciphertext is cut', () => {
    const whole = paid();
    const { resource } = JSON.parse(whole.body.toString('utf8')) as {
      resource: { ciphertext: string; nonce: string };
    };
    const bytes = Buffer.from(resource.ciphertext, 'base64');
    for (const length of [0, 1, 15, 16, 17, bytes.length - 1]) {
      const cut = { ...resource, ciphertext: bytes.subarray(0, length).toString('base64') };
      expect(reasonOf(paid({ resource: cut }))).toBe(length > 16 ? 'UNDECRYPTABLE' : 'MALFORMED');
    }
  });
});

function appended({ headers, body }: RawNotify, more: string): RawNotify {
  return { headers, body: Buffer.concat([body, Buffer.from(more)]) };
}
