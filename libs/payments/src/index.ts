export { AlipayChannel } from './alipay/alipay-channel.js';
export { type AlipaySettings, checkAlipayKeys } from './alipay/alipay-settings.js';
export { ChannelError, type ChannelErrorKind } from './channel-error.js';
export { PaymentChannelFactory } from './payment-channel-factory.js';
export type * from './payment-channel.js';
export { BadKeyError } from './rsa-key.js';
