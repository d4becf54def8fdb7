export { AlipayChannel } from './alipay/alipay-channel.js';
export type { AlipayKeySettings, AlipaySettings } from './alipay/alipay-settings.js';
export type { ChannelAccount } from './channel-account.js';
export {
  type AccountsWatch,
  BadAccountsFileError,
  loadChannelAccounts,
  watchChannelAccounts,
} from './channel-accounts-file.js';
export type * from './channel-transfers.js';
export { type AccountContext, type AnyChannelDriver, type ChannelDriver, driver } from './channel-driver.js';
export { ChannelError, type ChannelErrorKind } from './channel-error.js';
export { CHANNEL_DRIVERS } from './channels.js';
export { type AccountSwitch, PaymentChannelFactory } from './payment-channel-factory.js';
export type * from './payment-channel.js';
export { BadKeyError } from './rsa-key.js';
export {
  type ChannelBench,
  type Need,
  type Payee,
  type Runner,
  type TradeNumbers,
  type TransferBench,
  type TransferTrouble,
  type Trouble,
  type Without,
  describePaymentChannel,
} from './conformance/index.js';
export { WechatChannel } from './wechat/wechat-channel.js';
export type { WechatKeySettings, WechatSettings } from './wechat/wechat-settings.js';
