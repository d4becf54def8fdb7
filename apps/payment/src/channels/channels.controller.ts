import { Controller } from '@nestjs/common';
import { DomainError, type RequestOf, type ResponseOf, payment } from '#libs/contracts';
import { type ChannelAccount, PaymentChannelFactory } from '#libs/payments';
import { Log } from '#libs/service';
import { Rpc } from '#libs/transport';
import { type ResourceState, Turnstile } from '#libs/turnstile';
import { ChannelSwitches } from './channel-switches.js';

/** What operators see of our accounts at the channels, and the switch that they have. */
@Controller()
export class ChannelsController {
  constructor(
    private readonly channels: PaymentChannelFactory,
    private readonly switches: ChannelSwitches,
    private readonly turnstile: Turnstile,
    private readonly log: Log,
  ) {}

  @Rpc(payment.listChannelAccounts)
  async list(): Promise<ResponseOf<typeof payment.listChannelAccounts>> {
    return { items: await this.viewsOf(this.channels.all) };
  }

  @Rpc(payment.setChannelAccount)
  async set({
    id,
    operatorId,
    enabled,
    weight,
  }: RequestOf<typeof payment.setChannelAccount>): Promise<payment.ChannelAccount> {
    const account = this.channels.all.find((found) => found.id === id);
    if (!account) throw notFound(id);
    await this.switches.set(id, operatorId, { enabled, weight });
    this.log.warn({ account: id, operatorId, enabled, weight }, 'an operator has set a channel account');
    const [view] = await this.viewsOf([account]);
    if (!view) throw notFound(id);
    return view;
  }

  @Rpc(payment.listPayMethods)
  listPayMethods(): Promise<ResponseOf<typeof payment.listPayMethods>> {
    const methods = new Map<payment.ChannelName, Set<payment.PayMethod>>();
    for (const account of this.channels.all) {
      if (!this.isOn(account)) continue;
      const { name, capabilities } = account.channel;
      const known = methods.get(name) ?? new Set<payment.PayMethod>();
      for (const method of Object.keys(capabilities.methods)) known.add(method as payment.PayMethod);
      methods.set(name, known);
    }
    return Promise.resolve({
      items: [...methods].map(([channel, known]) => ({ channel, methods: [...known] })),
    });
  }

  private isOn(account: ChannelAccount): boolean {
    return (this.switches.of(account.id)?.enabled ?? account.enabled) && this.weightOf(account) > 0;
  }

  private weightOf(account: ChannelAccount): number {
    return this.switches.of(account.id)?.weight ?? account.weight;
  }

  private async viewsOf(accounts: readonly ChannelAccount[]): Promise<payment.ChannelAccount[]> {
    const states = await this.turnstile.state(accounts.map(({ id }) => id));
    return accounts.map((account) => this.viewOf(account, states.get(account.id)));
  }

  private viewOf(account: ChannelAccount, state: ResourceState | undefined): payment.ChannelAccount {
    const set = this.switches.of(account.id);
    return {
      id: account.id,
      channel: account.channel.name,
      enabled: set?.enabled ?? account.enabled,
      weight: this.weightOf(account),
      ratePerSecond: account.ratePerSecond,
      queued: state?.queued ?? 0,
      inFlight: state?.inFlight ?? 0,
      calls: state?.calls ?? 0,
      errors: state?.errors ?? 0,
      circuit: state?.circuit ?? 'closed',
      circuitReason: state?.circuitReason ?? null,
      changedAt: set?.changedAt ?? null,
    };
  }
}

const notFound = (id: string) =>
  new DomainError('CHANNEL_ACCOUNT_NOT_FOUND', `There is no channel account ${id} here`);
