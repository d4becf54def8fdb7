import { Injectable } from '@nestjs/common';
import { payment } from '#libs/contracts';
import { Database, type SqlExecutor } from '#libs/database';

interface OfferRow {
  readonly id: string;
  readonly name: string;
  readonly rule: unknown;
  readonly first_recharge_only: number;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly per_merchant_limit: number | null;
  readonly enabled: number;
  readonly created_by: string;
  readonly created_at: Date;
}

const SELECT_OFFERS =
  'SELECT `id`, `name`, `rule`, `first_recharge_only`, `starts_at`, `ends_at`, `per_merchant_limit`, `enabled`, `created_by`, `created_at` FROM `recharge_offer`';

/** The SQL of offers. They belong to the platform, not to a shard. */
@Injectable()
export class OfferRepository {
  constructor(private readonly database: Database) {}

  async insert(offer: payment.Offer): Promise<void> {
    await this.database.write(
      'INSERT INTO `recharge_offer` (`id`, `name`, `rule`, `first_recharge_only`, `starts_at`, `ends_at`, `per_merchant_limit`, `enabled`, `created_by`, `created_at`, `updated_by`, `updated_at`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [
        offer.id,
        offer.name,
        JSON.stringify(payment.offerRule.encode(offer.rule)),
        offer.firstRechargeOnly,
        offer.startsAt,
        offer.endsAt,
        offer.perMerchantLimit,
        offer.enabled,
        offer.createdBy,
        offer.createdAt,
        offer.createdBy,
        offer.createdAt,
      ],
    );
  }

  async find(id: string): Promise<payment.Offer | null> {
    const [row] = await this.database.query<OfferRow>(`${SELECT_OFFERS} WHERE \`id\` = ?`, [id]);
    return row ? offerOf(row) : null;
  }

  /** Newest first. */
  async list(): Promise<payment.Offer[]> {
    return (await this.database.query<OfferRow>(`${SELECT_OFFERS} ORDER BY \`id\` DESC`)).map(offerOf);
  }

  async listEnabled(): Promise<payment.Offer[]> {
    const rows = await this.database.query<OfferRow>(
      `${SELECT_OFFERS} WHERE \`enabled\` = 1 ORDER BY \`id\``,
    );
    return rows.map(offerOf);
  }

  /**
   * Changes what may be changed, the row being locked meanwhile.
   *
   * @param change what it shall be; may throw, and then nothing is changed.
   * @returns null when there is no such offer.
   */
  async update(
    id: string,
    operatorId: string,
    change: (offer: payment.Offer) => payment.Offer,
  ): Promise<payment.Offer | null> {
    return this.database.transaction(async (transaction: SqlExecutor) => {
      const [row] = await transaction.query<OfferRow>(`${SELECT_OFFERS} WHERE \`id\` = ? FOR UPDATE`, [id]);
      if (!row) return null;
      const changed = change(offerOf(row));
      await transaction.write(
        'UPDATE `recharge_offer` SET `enabled` = ?, `ends_at` = ?, `updated_by` = ?, `updated_at` = UTC_TIMESTAMP(3) WHERE `id` = ?',
        [changed.enabled, changed.endsAt, operatorId, id],
      );
      return changed;
    });
  }
}

function offerOf(row: OfferRow): payment.Offer {
  return {
    id: row.id,
    name: row.name,
    // MySQL gives a JSON column parsed, MariaDB (where it is text) gives it as it was written.
    rule: payment.offerRule.parse(typeof row.rule === 'string' ? JSON.parse(row.rule) : row.rule),
    firstRechargeOnly: row.first_recharge_only === 1,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    perMerchantLimit: row.per_merchant_limit,
    enabled: row.enabled === 1,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}
