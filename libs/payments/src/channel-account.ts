import type { PaymentChannel } from './payment-channel.js';

/** One of our accounts at a channel, ready for use: what is configured, and the channel opened with it. */
export interface ChannelAccount {
  /** As the configuration names it, e.g. `alipay-main`; stays with every payment that was made by it. */
  readonly id: string;
  readonly channel: PaymentChannel;
  /** Whether it takes new payments. Notifies, queries and refunds of its old ones go on either way. */
  readonly enabled: boolean;
  /** Its share of new payments, relative to the other accounts of the channel. */
  readonly weight: number;
  /** Calls that the channel takes from this account in any second. */
  readonly ratePerSecond: number;
  readonly maxInFlight: number;
}
