import { type ChannelAccount, type PaymentChannelFactory, watchChannelAccounts } from '#libs/payments';
import type { Log } from '#libs/service';
import type { Turnstile } from '#libs/turnstile';

export interface FollowedAccounts {
  readonly file: string;
  readonly factory: PaymentChannelFactory;
  readonly turnstile: Turnstile;
  readonly log: Log;
  /** What is made of the accounts that the file names; themselves unless told. */
  readonly adapt?: (accounts: readonly ChannelAccount[]) => readonly ChannelAccount[];
}

/** Takes a changed accounts file over while we run: accounts are added and switched, keys are rotated, without a stop. */
export function followAccountsFile({
  file,
  factory,
  turnstile,
  log,
  adapt = (accounts) => accounts,
}: FollowedAccounts): { stop(): void | Promise<void> } {
  for (const { id, ratePerSecond, maxInFlight } of factory.all)
    turnstile.prepare(id, { ratePerSecond, maxInFlight });
  return watchChannelAccounts(file, {
    onChange: (accounts) => {
      factory.replace(adapt(accounts));
      log.warn(
        { accounts: accounts.map(({ id, enabled, weight }) => ({ id, enabled, weight })) },
        'the channel accounts have changed',
      );
    },
    onError: (error) =>
      log.error({ err: error }, 'the changed channel accounts can not be used: the old ones stay'),
  });
}
