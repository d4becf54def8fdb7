import type { payment } from '#libs/contracts';
import { alipayDriver } from './alipay/alipay-driver.js';
import type { AnyChannelDriver } from './channel-driver.js';
import { wechatDriver } from './wechat/wechat-driver.js';

/** Every channel that Clearbid speaks. Adding one is its folder, its name in the contracts, and its line here. */
export const CHANNEL_DRIVERS: Readonly<Record<payment.ChannelName, AnyChannelDriver>> = {
  alipay: alipayDriver,
  wechat: wechatDriver,
};
