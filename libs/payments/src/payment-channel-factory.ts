import { DomainError, type payment } from '#libs/contracts';
import type { PaymentChannel } from './payment-channel.js';

/** The channels that this installation is configured for, by name. Adding a channel is one more argument here. */
export class PaymentChannelFactory {
  private readonly channels: ReadonlyMap<payment.ChannelName, PaymentChannel>;

  constructor(channels: readonly PaymentChannel[]) {
    this.channels = new Map(channels.map((channel) => [channel.name, channel]));
    if (this.channels.size !== channels.length) throw new Error('Two payment channels have the same name');
  }

  /** @throws DomainError `CHANNEL_UNAVAILABLE` when this installation has no such channel. */
  get(name: payment.ChannelName): PaymentChannel {
    const channel = this.channels.get(name);
    if (!channel) {
      throw new DomainError('CHANNEL_UNAVAILABLE', `Payment by ${name} is not set up here`, {
        errors: [{ field: 'channel', message: `${name} is not set up here` }],
      });
    }
    return channel;
  }
}
