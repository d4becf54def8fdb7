import { Injectable } from '@nestjs/common';
import type { payment } from '#libs/contracts';
import { Database } from '#libs/database';
import { type ChannelAccount, PaymentChannelFactory } from '#libs/payments';
import { Log, SweepHost, type SweepPlan } from '#libs/service';

/** What an operator has set for an account, over its configuration; null: as configured. */
export interface ChannelSwitch {
  readonly enabled: boolean | null;
  readonly weight: number | null;
  readonly changedAt: Date;
}

interface SwitchRow {
  readonly account_id: string;
  readonly enabled: number | null;
  readonly weight: number | null;
  readonly changed_at: Date;
}

const REFRESH_EVERY_MS = 2_000;

/** Which of our accounts takes a new payment: by weight, among those that are on. Known to all replicas within seconds. */
@Injectable()
export class ChannelSwitches extends SweepHost {
  private switches: ReadonlyMap<string, ChannelSwitch> = new Map();

  constructor(
    private readonly database: Database,
    private readonly channels: PaymentChannelFactory,
    protected readonly log: Log,
  ) {
    super();
  }

  protected sweeps(): readonly SweepPlan[] {
    return [
      {
        name: 'read which channel accounts are switched off',
        everyMs: REFRESH_EVERY_MS,
        batch: Infinity,
        work: () => this.refresh(),
      },
    ];
  }

  override async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    await super.onApplicationBootstrap();
  }

  /** @throws DomainError `CHANNEL_UNAVAILABLE` when no account of the channel is on. */
  choose(channel: payment.ChannelName): ChannelAccount {
    return this.channels.choose(channel, (accountId) => {
      const found = this.switches.get(accountId);
      return found && { enabled: found.enabled ?? undefined, weight: found.weight ?? undefined };
    });
  }

  of(accountId: string): ChannelSwitch | undefined {
    return this.switches.get(accountId);
  }

  async set(
    accountId: string,
    operatorId: string,
    wish: { enabled?: boolean | undefined; weight?: number | undefined },
  ): Promise<void> {
    const [enabled, weight] = [wish.enabled ?? null, wish.weight ?? null];
    await this.database.write(
      `INSERT INTO \`channel_switch\` (\`account_id\`, \`enabled\`, \`weight\`, \`changed_by\`, \`changed_at\`) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))
         ON DUPLICATE KEY UPDATE \`enabled\` = COALESCE(?, \`enabled\`), \`weight\` = COALESCE(?, \`weight\`), \`changed_by\` = ?, \`changed_at\` = UTC_TIMESTAMP(3)`,
      [accountId, enabled, weight, operatorId, enabled, weight, operatorId],
    );
    await this.refresh();
  }

  private async refresh(): Promise<number> {
    const rows = await this.database.query<SwitchRow>(
      'SELECT `account_id`, `enabled`, `weight`, `changed_at` FROM `channel_switch`',
    );
    this.switches = new Map(
      rows.map((row) => [
        row.account_id,
        {
          enabled: row.enabled === null ? null : row.enabled === 1,
          weight: row.weight,
          changedAt: row.changed_at,
        },
      ]),
    );
    return rows.length;
  }
}
