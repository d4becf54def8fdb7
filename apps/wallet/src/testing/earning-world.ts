import { beijingDayOf, dayAfter } from '#libs/calendar';
import type { wallet } from '#libs/contracts';
import { Log, Metrics } from '#libs/service';
import { CampaignController } from '../campaign/campaign.controller.js';
import { EarningsConfig } from '../earnings/earnings.config.js';
import { EarningsController } from '../earnings/earnings.controller.js';
import { EarningsRepository } from '../earnings/earnings.repository.js';
import { MaturityJob } from '../earnings/maturity-job.js';
import { PostingAnnouncer } from '../ledger/posting-announcer.js';
import { WithdrawalController } from '../withdrawal/withdrawal.controller.js';
import { newMerchant, recharge } from './requests.js';
import { type TestLedger, startTestLedger } from './test-ledger.js';

const YUAN = 1_000_000n;
/** In Beijing. */
export const TODAY = beijingDayOf(new Date());

type Replica = Awaited<ReturnType<typeof replicaOf>>;

/** Merchants with campaigns, traffic owners who earn by them, and two replicas of what books that. */
export class EarningWorld {
  private opened: { readonly book: TestLedger; readonly replicas: readonly Replica[] } | undefined;
  private lastNumber = 70_000;

  async start(): Promise<void> {
    const book = await startTestLedger();
    this.opened = { book, replicas: [await replicaOf(book), await replicaOf(book)] };
  }

  get book(): TestLedger {
    if (!this.opened) throw new Error('The world was not started');
    return this.opened.book;
  }

  get replicas(): readonly Replica[] {
    return this.opened?.replicas ?? [];
  }

  readonly one = (): Replica => this.replicas[0] as Replica;

  readonly number = (): string => String((this.lastNumber += 1));

  /** What every account of an owner has, by its code without the owner. */
  readonly accountsOf = async (ownerId: string): Promise<Record<string, bigint>> => {
    const rows = await this.book.database.query<{ kind: string; part: string | null; posted: string }>(
      'SELECT `kind`, `part`, `posted` FROM `account` WHERE `owner_id` = ? AND `posted` <> 0 ORDER BY `code`',
      [ownerId],
    );
    return Object.fromEntries(
      rows.map(({ kind, part, posted }) => [part === null ? kind : `${kind}:${part}`, BigInt(posted)]),
    );
  };

  readonly merchantWith = async (cash: bigint, bonus = 0n): Promise<string> => {
    const merchant = newMerchant();
    await this.one().ledger.post(recharge({ merchant, micros: cash }));
    if (bonus > 0n) {
      const ownerId = merchant;
      const legs = [
        { account: { kind: 'merchant_cash', ownerId }, amount: -bonus },
        { account: { kind: 'merchant_bonus', ownerId }, amount: bonus },
      ] as const;
      await this.one().ledger.post(recharge({ externalId: null, legs }));
    }
    return merchant;
  };

  /** A merchant with a campaign that has so much of each, and nothing beside it. */
  readonly campaignWith = async (
    cash: bigint,
    bonus = 0n,
  ): Promise<{ merchantId: string; campaignId: string }> => {
    const merchantId = await this.merchantWith(cash + bonus, bonus);
    const campaignId = this.number();
    await this.one().campaigns.hold({ key: `hold:${campaignId}`, merchantId, campaignId, cash, bonus });
    return { merchantId, campaignId };
  };

  readonly spendOf = (
    campaign: { merchantId: string; campaignId: string },
    trafficOwnerId: string,
    more: Partial<wallet.Spend> = {},
  ): wallet.Spend => {
    return {
      key: `w${this.number()}:${campaign.campaignId}:top`,
      ...campaign,
      trafficOwnerId,
      day: dayAfter(TODAY, -7),
      amount: 10n * YUAN,
      ownerShareBps: 7_000,
      ...more,
    };
  };

  /** A traffic owner who can withdraw so much. */
  readonly ownerWith = async (available: bigint): Promise<string> => {
    const ownerId = newMerchant();
    const campaign = await this.campaignWith(available);
    await this.one().campaigns.spend({
      spends: [this.spendOf(campaign, ownerId, { amount: available, ownerShareBps: 10_000 })],
    });
    await this.one().maturity.round(new Date());
    const { traffic_available: matured } = await this.accountsOf(ownerId);
    if (matured !== available) throw new Error(`Owner ${ownerId} has ${matured} available, not ${available}`);
    return ownerId;
  };
}

async function replicaOf(book: TestLedger) {
  const { ledger, outbox } = await book.replica();
  const log = Log.create('wallet', 'wallet-1', 'silent');
  const earnings = new EarningsRepository(book.database);
  const config = new EarningsConfig({ MATURITY_DAYS: 7, MATURITY_EVERY_MS: 60_000 });
  return {
    ledger,
    campaigns: new CampaignController(ledger, log),
    earnings: new EarningsController(earnings, config),
    maturity: new MaturityJob(earnings, ledger, config, log, new Metrics('wallet', 'wallet-1')),
    withdrawals: new WithdrawalController(ledger, new PostingAnnouncer(ledger, outbox, log)),
  };
}
