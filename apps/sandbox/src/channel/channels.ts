import { Injectable } from '@nestjs/common';
import type { NotifyProtocol } from '../notify/notify-job.js';
import type { ChannelName, Trade } from '../trade/trade.js';
import type { TransferFailures } from '../transfer/transfer-course.js';

/** Why a buyer can't pay, as the channel puts it. */
export interface Refusal {
  readonly code: string;
  readonly reason: string;
}

/** What the channel-neutral parts (cashier, buyer, notify queue, control API) need of a channel. */
export interface Channel {
  readonly name: ChannelName;
  readonly notify: NotifyProtocol;
  /** The channel's own number for a new trade. */
  newTradeNo(sequence: number, now: number): string;
  /** Where the buyer's browser goes after the payment; `undefined` when the merchant named no place. */
  returnUrlOf(trade: Trade): Promise<string | undefined>;
  /** Opens the trade of a signed payment URL, as a browser would that follows it; `undefined` when it is no URL of this channel. */
  openPayUrl(url: URL): Promise<Trade | Refusal | undefined>;
  /**
   * The trade of a scanned code, at a channel whose codes are given out for trades that exist already; `undefined` when it
   * is no code of this channel.
   */
  scan?(code: string): Trade | Refusal | undefined;
  /** Shown for a code that is scanned after its expiry. */
  readonly expired: Refusal;
  /** Whose money transfers are paid from: applications at Alipay, merchants at WeChat Pay. */
  accounts(): readonly string[];
  /** How transfers end badly when no reason was told. */
  readonly transferFailures: TransferFailures;
}

/** The channels of this sandbox. Each registers itself while the app starts. */
@Injectable()
export class Channels {
  private readonly byName = new Map<ChannelName, Channel>();

  register(channel: Channel): void {
    this.byName.set(channel.name, channel);
  }

  of(name: ChannelName): Channel {
    const channel = this.byName.get(name);
    if (channel === undefined) throw new Error(`The channel ${name} has not registered itself`);
    return channel;
  }

  all(): readonly Channel[] {
    return [...this.byName.values()];
  }
}
