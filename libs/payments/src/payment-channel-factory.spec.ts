import { describe, expect, it } from '@jest/globals';
import { AlipayChannel } from './alipay/alipay-channel.js';
import { PaymentChannelFactory } from './payment-channel-factory.js';
import { SmallAlipay } from './testing/small-alipay.js';

const settings = await SmallAlipay.listen().then(async (alipay) => {
  const found = alipay.settings();
  await alipay.close();
  return found;
});

describe('the channels of an installation', () => {
  it('are found by their names', () => {
    const alipay = new AlipayChannel(settings);
    expect(new PaymentChannelFactory([alipay]).get('alipay')).toBe(alipay);
  });

  it('are refused in words, naming the field, where one is not set up', () => {
    expect(() => new PaymentChannelFactory([new AlipayChannel(settings)]).get('wechat')).toThrow(
      expect.objectContaining({
        code: 'CHANNEL_UNAVAILABLE',
        message: 'Payment by wechat is not set up here',
        details: { errors: [{ field: 'channel', message: 'wechat is not set up here' }] },
      }),
    );
  });

  it('are not two of one name, of which nobody would know which one is meant', () => {
    const two = [new AlipayChannel(settings), new AlipayChannel(settings)];
    expect(() => new PaymentChannelFactory(two)).toThrow('same name');
  });
});
