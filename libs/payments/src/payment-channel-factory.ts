import { DomainError, type payment } from '#libs/contracts';
import type { ChannelAccount } from './channel-account.js';
import type { NotifyRefusal, NotifyVerdict, RawNotify } from './payment-channel.js';

/** What overrules an account's configuration for new payments. */
export interface AccountSwitch {
  readonly enabled?: boolean | undefined;
  readonly weight?: number | undefined;
}

/** From the least to the most telling: what all accounts refuse is refused with the best reason that one of them has. */
const TELLING: readonly NotifyRefusal[] = [
  'UNKNOWN_KEY',
  'MALFORMED',
  'BAD_SIGNATURE',
  'UNDECRYPTABLE',
  'STALE',
  'PROBE',
];

/** Our accounts at all channels. Which accounts there are can change while we run: see `replace`. */
export class PaymentChannelFactory {
  private accounts: ReadonlyMap<string, ChannelAccount>;

  /** @throws Error when two accounts have the same id. */
  constructor(accounts: readonly ChannelAccount[]) {
    this.accounts = byId(accounts);
  }

  /** Every account, also those that take no new payments. */
  get all(): readonly ChannelAccount[] {
    return [...this.accounts.values()];
  }

  /**
   * Puts other accounts in force. One that is not among them any more takes no new payment, and stays for the queries
   * and refunds of its old ones until we are started again.
   */
  replace(accounts: readonly ChannelAccount[]): void {
    const next = byId(accounts);
    const gone = this.all.filter(({ id }) => !next.has(id));
    this.accounts = byId([...accounts, ...gone.map((account) => ({ ...account, enabled: false }))]);
  }

  /** @throws DomainError `CHANNEL_UNAVAILABLE` when this installation has no such account (any more). */
  account(id: string): ChannelAccount {
    const found = this.accounts.get(id);
    if (found) return found;
    throw new DomainError('CHANNEL_UNAVAILABLE', `The channel account ${id} is not set up here any more`);
  }

  /**
   * The account that takes a new payment, by weight.
   *
   * @param switchOf what overrules an account's configuration.
   * @throws DomainError `CHANNEL_UNAVAILABLE` that names the field, when no account of the channel is on.
   */
  choose(
    name: payment.ChannelName,
    switchOf: (accountId: string) => AccountSwitch | undefined = () => undefined,
    random: () => number = Math.random,
  ): ChannelAccount {
    const candidates = this.all
      .filter(({ channel }) => channel.name === name)
      .map((account) => ({ account, weight: weightOf(account, switchOf(account.id)) }))
      .filter(({ weight }) => weight > 0);
    let left = random() * candidates.reduce((total, { weight }) => total + weight, 0);
    for (const { account, weight } of candidates) {
      left -= weight;
      if (left < 0) return account;
    }
    const last = candidates.at(-1);
    if (last) return last.account;
    throw new DomainError('CHANNEL_UNAVAILABLE', `Payment by ${name} is not possible here right now`, {
      errors: [{ field: 'channel', message: `${name} is not set up or switched off here` }],
    });
  }

  /**
   * Which of our accounts a notify is for, and what it says. All accounts of the channel are asked, also those that are
   * off: whoever can verify it and is meant by it comes first, then whoever can verify it.
   *
   * @throws DomainError `CHANNEL_UNAVAILABLE` when there is no account of that channel.
   */
  verifyNotify(
    name: payment.ChannelName,
    notify: RawNotify,
  ): { readonly account: ChannelAccount; readonly verdict: NotifyVerdict } {
    const heard = this.all
      .filter(({ channel }) => channel.name === name)
      .map((account) => ({ account, verdict: account.channel.verifyNotify(notify) }))
      .sort((a, b) => rankOf(b.verdict) - rankOf(a.verdict));
    const [best] = heard;
    if (best) return best;
    throw new DomainError('CHANNEL_UNAVAILABLE', `Payment by ${name} is not set up here`, {
      errors: [{ field: 'channel', message: `${name} is not set up here` }],
    });
  }
}

function weightOf(account: ChannelAccount, set: AccountSwitch | undefined): number {
  return (set?.enabled ?? account.enabled) ? (set?.weight ?? account.weight) : 0;
}

function rankOf(verdict: NotifyVerdict): number {
  if (!verdict.accepted) return TELLING.indexOf(verdict.reason);
  return verdict.mismatches.length === 0 ? TELLING.length + 1 : TELLING.length;
}

function byId(accounts: readonly ChannelAccount[]): ReadonlyMap<string, ChannelAccount> {
  const map = new Map(accounts.map((account) => [account.id, account]));
  if (map.size !== accounts.length) throw new Error('Two channel accounts have the same id');
  return map;
}
