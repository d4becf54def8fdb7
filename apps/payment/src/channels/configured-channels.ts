import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { followAccountsFile } from '#libs/channel-line';
import { type ChannelAccount, PaymentChannelFactory, loadChannelAccounts } from '#libs/payments';
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
    const { factory, turnstile, config, log } = this;
    this.watch = followAccountsFile({
      file: config.channelsFile,
      factory,
      turnstile,
      log,
      adapt: (accounts) => asConfigured(accounts, config),
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.watch?.stop();
    await this.turnstile.close();
  }
}
