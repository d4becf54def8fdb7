import { z } from 'zod';
import { driver } from '../channel-driver.js';
import { AlipayChannel } from './alipay-channel.js';

const settings = z.strictObject({
  /** E.g. `https://openapi.alipay.com/gateway.do`. */
  gatewayUrl: z.url(),
  appId: z.string().min(1),
  /** Alipay's number for the seller's account, 2088…; every notify must name it. */
  sellerId: z.string().min(1),
  /** The contract's rate in hundredths of a percent: 60 = 0.6 %. */
  feeBasisPoints: z.number().int().min(0).max(10_000).default(60),
  privateKeyFile: z.string().min(1),
  alipayPublicKeyFiles: z.array(z.string().min(1)).min(1),
});

export const alipayDriver = driver({
  name: 'alipay',
  settings,
  open: (wish, { accountId, readFile }) =>
    new AlipayChannel({
      accountId,
      gatewayUrl: wish.gatewayUrl,
      appId: wish.appId,
      sellerId: wish.sellerId,
      feeBps: wish.feeBasisPoints,
      privateKey: readFile(wish.privateKeyFile, 'privateKeyFile'),
      alipayPublicKey: readFile(wish.alipayPublicKeyFiles[0] ?? '', 'alipayPublicKeyFiles'),
    }),
});
