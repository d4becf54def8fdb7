import { describe, expect, it } from '@jest/globals';
import { AlipayChannel } from './alipay/alipay-channel.js';
import type { AlipaySettings } from './alipay/alipay-settings.js';
import type { ChannelAccount } from './channel-account.js';
import { PaymentChannelFactory } from './payment-channel-factory.js';
import { SmallAlipay } from './testing/small-alipay.js';

const alipay = await SmallAlipay.listen();
await alipay.close();
const stranger = await SmallAlipay.listen();
await stranger.close();

function account(id: string, more: Partial<ChannelAccount> = {}, settings: Partial<AlipaySettings> = {}) {
  const channel = new AlipayChannel(alipay.settings({ accountId: id, ...settings }));
  return { id, channel, enabled: true, weight: 100, ratePerSecond: 100, maxInFlight: 80, ...more };
}

const unavailable = (message: string) => expect.objectContaining({ code: 'CHANNEL_UNAVAILABLE', message });

/** How often each account is chosen of a hundred, evenly spread. */
function sharesOf(factory: PaymentChannelFactory, off: string[] = []): Record<string, number> {
  const shares: Record<string, number> = {};
  for (let turn = 0; turn < 100; turn += 1) {
    const switchOf = (id: string) => (off.includes(id) ? { enabled: false } : undefined);
    const { id } = factory.choose('alipay', switchOf, () => turn / 100);
    shares[id] = (shares[id] ?? 0) + 1;
  }
  return shares;
}

describe('the account that takes a new payment', () => {
  const factory = new PaymentChannelFactory([
    account('a', { weight: 75 }),
    account('b', { weight: 25 }),
    account('none', { weight: 0 }),
    account('off', { enabled: false }),
  ]);

  it('is chosen by weight among those that are on', () => {
    expect(sharesOf(factory)).toEqual({ a: 75, b: 25 });
    expect(sharesOf(factory, ['a'])).toEqual({ b: 100 });
  });

  it('may be one that only the switch has turned on', () => {
    const { id } = factory.choose('alipay', (name) => ({ enabled: name === 'off' }));
    expect(id).toBe('off');
  });

  it('is refused in words, naming the field, where none is on', () => {
    const details = { errors: [{ field: 'channel', message: 'wechat is not set up or switched off here' }] };
    expect(() => factory.choose('wechat')).toThrow(
      expect.objectContaining({ code: 'CHANNEL_UNAVAILABLE', details }),
    );
    expect(() => factory.choose('alipay', () => ({ enabled: false }))).toThrow(
      unavailable('Payment by alipay is not possible here right now'),
    );
  });
});

describe('accounts that change while we run', () => {
  it('are replaced; one that vanishes takes nothing new and stays for its old payments', () => {
    const factory = new PaymentChannelFactory([account('a'), account('b')]);
    factory.replace([account('b', { weight: 7 }), account('c', { weight: 0 })]);

    expect(factory.account('a')).toMatchObject({ id: 'a', enabled: false });
    expect(factory.account('b').weight).toBe(7);
    expect(sharesOf(factory)).toEqual({ b: 100 });
    factory.replace([account('a')]);
    expect(factory.account('a').enabled).toBe(true);
    expect(() => factory.account('nobody')).toThrow(
      unavailable('The channel account nobody is not set up here any more'),
    );
  });

  it('are not two of one id, of which nobody would know which one is meant', () => {
    expect(() => new PaymentChannelFactory([account('a'), account('a')])).toThrow('same id');
  });
});

describe('a notify', () => {
  const notify = (from: SmallAlipay, more: Record<string, string> = {}) => {
    const fields = from.signedNotify({
      app_id: alipay.appId,
      seller_id: alipay.sellerId,
      trade_no: '2026112022001400000000000001',
      out_trade_no: '1234567890123456789',
      trade_status: 'TRADE_SUCCESS',
      total_amount: '50.00',
      ...more,
    });
    return { headers: {}, body: Buffer.from(new URLSearchParams({ ...fields }).toString()) };
  };
  const factory = new PaymentChannelFactory([
    account('other-app', {}, { appId: '2021000000000009' }),
    account('other-key', {}, { theirs: { alipayPublicKeys: [stranger.publicKey] } }),
    account('meant', { enabled: false }),
  ]);

  it('finds the account that it is meant for, even one that is switched off', () => {
    const { account: found, verdict } = factory.verifyNotify('alipay', notify(alipay));
    expect([found.id, verdict]).toMatchObject(['meant', { accepted: true, mismatches: [] }]);
  });

  it('for an application that is none of ours is accepted with what differs', () => {
    const { verdict } = factory.verifyNotify('alipay', notify(alipay, { app_id: '1' }));
    expect(verdict).toMatchObject({ accepted: true, mismatches: [expect.stringContaining('app_id is 1')] });
  });

  it('that nobody can verify is refused, and says which trade it claims to be about', async () => {
    const forger = await SmallAlipay.listen();
    await forger.close();
    const { verdict } = factory.verifyNotify('alipay', notify(forger));
    expect(verdict).toMatchObject({
      accepted: false,
      reason: 'BAD_SIGNATURE',
      claimedOutTradeNo: '1234567890123456789',
    });
  });

  it('signed with the key of before a rotation is accepted as well', () => {
    const rotated = account(
      'a',
      {},
      { theirs: { alipayPublicKeys: [stranger.publicKey, alipay.publicKey] } },
    );
    for (const from of [alipay, stranger]) {
      const { verdict } = new PaymentChannelFactory([rotated]).verifyNotify('alipay', notify(from));
      expect(verdict).toMatchObject({ accepted: true, mismatches: [] });
    }
  });
});
