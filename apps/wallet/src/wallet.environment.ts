import { z } from 'zod';
import { databaseEnvironment, serviceEnvironment } from '#libs/service';
import { checkerEnvironment } from './checker/checker.config.js';
import { earningsEnvironment } from './earnings/earnings.config.js';

export const walletEnvironment = serviceEnvironment.extend(databaseEnvironment.shape).extend({
  /** `redlock`: one replica at a time works on a wallet. `none`: everybody may; as right, with more conflicts in MySQL. */
  WALLET_LOCKS: z.enum(['redlock', 'none']).default('redlock'),
  ...earningsEnvironment.shape,
  ...checkerEnvironment.shape,
});
export type WalletEnvironment = z.output<typeof walletEnvironment>;
