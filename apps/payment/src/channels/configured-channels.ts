import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type ChannelAccount,
  PaymentChannelFactory,
  loadChannelAccounts,
  watchChannelAccounts,
} from '#libs/payments';
import { Log } from '#libs/service';
import { Turnstile } from '#libs/turnstile';
import { PaymentConfig } from '../payment.config.js';
import { preopened } from '../preopened-channel.js';

/** @throws BadKeyError or Error, in words, when the file or a key that it names can't be used. */
export function openChannels(
  config: Pick<PaymentConfig, 'channelsFile' | 'preopensPages'>,
): ChannelAccount[] {
  return asConfigured(loadChannelAccounts(config.channelsFile), config);
}

function asConfigured(
  accounts: readonly ChannelAccount[],
  { preopensPages }: Pick<PaymentConfig, 'preopensPages'>,
): ChannelAccount[] {
  return accounts.map((account) =>
    preopensPages ? { ...account, channel: preopened(account.channel) } : account,
  );
}

/** Takes a changed accounts file over while we run: accounts are added and switched, keys are rotated, without a stop. */
@Injectable()
export class ConfiguredChannels implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private watch: { stop(): void | Promise<void> } | undefined;

  constructor(
    private readonly factory: PaymentChannelFactory,
    private readonly turnstile: Turnstile,
    private readonly config: PaymentConfig,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    for (const { id, ratePerSecond, maxInFlight } of this.factory.all)
      this.turnstile.prepare(id, { ratePerSecond, maxInFlight });
    this.watch = watchChannelAccounts(this.config.channelsFile, {
      onChange: (accounts) => {
        this.factory.replace(asConfigured(accounts, this.config));
        this.log.warn(
          { accounts: accounts.map(({ id, enabled, weight }) => ({ id, enabled, weight })) },
          'the channel accounts have changed',
        );
      },
      onError: (error) =>
        this.log.error({ err: error }, 'the changed channel accounts can not be used: the old ones stay'),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.watch?.stop();
    await this.turnstile.close();
  }
}
