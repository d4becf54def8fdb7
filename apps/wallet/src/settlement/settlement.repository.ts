import { Injectable } from '@nestjs/common';
import type { RequestOf, payment, wallet } from '#libs/contracts';
import { Database, type SqlValue, isDuplicateKeyError } from '#libs/database';
import { sourcesOf } from '#libs/states';
import { SETTLEMENT_TRANSITIONS } from './settlement-states.js';

export type SettlementWish = RequestOf<typeof wallet.recordSettlement>;

interface SettlementRow {
  readonly id: string;
  readonly state: wallet.SettlementState;
  readonly channel: payment.ChannelName;
  readonly direction: wallet.SettlementDirection;
  readonly amount: string;
  readonly fee: string;
  readonly bank_reference: string;
  readonly value_date: string;
  readonly recorded_by: string;
  readonly recorded_at: Date;
  readonly transfer_id: string | null;
  readonly refusal: string | null;
}

const SELECT =
  'SELECT `id`, `state`, `channel`, `direction`, `amount`, `fee`, `bank_reference`, `value_date`, `recorded_by`, `recorded_at`, `transfer_id`, `refusal` FROM `channel_settlement`';

const lineOf = ({ channel, bankReference }: Pick<SettlementWish, 'channel' | 'bankReference'>) =>
  `${channel}:${bankReference}`;

/** The SQL of settlements: one stands for each line of the bank. */
@Injectable()
export class SettlementRepository {
  constructor(private readonly database: Database) {}

  /** @returns false when the bank's line was recorded before. */
  async create(id: string, wish: SettlementWish, dueInSeconds: number): Promise<boolean> {
    try {
      await this.database.write(
        `INSERT INTO \`channel_settlement\` (\`id\`, \`state\`, \`channel\`, \`direction\`, \`amount\`, \`fee\`, \`bank_reference\`, \`standing_line\`, \`value_date\`, \`recorded_by\`, \`recorded_at\`, \`due_at\`)
         VALUES (?, 'RECORDED', ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
        [
          id,
          wish.channel,
          wish.direction,
          wish.amount,
          wish.fee,
          wish.bankReference,
          lineOf(wish),
          wish.valueDate,
          wish.operatorId,
          dueInSeconds,
        ],
      );
      return true;
    } catch (error) {
      if (isDuplicateKeyError(error)) return false;
      throw error;
    }
  }

  async find(id: string): Promise<wallet.Settlement | null> {
    const [found] = await this.select('`id` = ?', [id]);
    return found ?? null;
  }

  /** What stands for a line of the bank. */
  async findByLine(
    wish: Pick<SettlementWish, 'channel' | 'bankReference'>,
  ): Promise<wallet.Settlement | null> {
    const [found] = await this.select('`standing_line` = ?', [lineOf(wish)]);
    return found ?? null;
  }

  /** Newest first. */
  list(
    { channel, cursor }: { channel?: payment.ChannelName | undefined; cursor?: string | undefined },
    limit: number,
  ): Promise<wallet.Settlement[]> {
    const conditions: [string, SqlValue | undefined][] = [
      ['`channel` = ?', channel],
      ['`id` < ?', cursor],
    ];
    const used = conditions.filter((each): each is [string, SqlValue] => each[1] !== undefined);
    const where = used.map(([sql]) => sql).join(' AND ') || 'TRUE';
    return this.select(`${where} ORDER BY \`id\` DESC LIMIT ?`, [...used.map(([, value]) => value), limit]);
  }

  async markPosted(id: string, transferId: string): Promise<void> {
    await this.database.write(
      "UPDATE `channel_settlement` SET `state` = 'POSTED', `transfer_id` = ?, `due_at` = NULL WHERE `id` = ? AND `state` IN (?)",
      [transferId, id, sourcesOf(SETTLEMENT_TRANSITIONS, 'POSTED')],
    );
  }

  async markRefused(id: string, transferId: string, refusal: string): Promise<void> {
    await this.database.write(
      "UPDATE `channel_settlement` SET `state` = 'REFUSED', `transfer_id` = ?, `refusal` = ?, `standing_line` = NULL, `due_at` = NULL WHERE `id` = ? AND `state` IN (?)",
      [transferId, refusal, id, sourcesOf(SETTLEMENT_TRANSITIONS, 'REFUSED')],
    );
  }

  /** Takes what is due, and sets when it is due again, whatever happens now. */
  async claimDue(limit: number, againInSeconds: number): Promise<wallet.Settlement[]> {
    const ids = await this.database.transaction(async (transaction) => {
      const rows = await transaction.query<{ id: string }>(
        'SELECT `id` FROM `channel_settlement` WHERE `due_at` <= UTC_TIMESTAMP(3) ORDER BY `due_at` LIMIT ? FOR UPDATE SKIP LOCKED',
        [limit],
      );
      const due = rows.map(({ id }) => id);
      if (due.length > 0) {
        await transaction.write(
          'UPDATE `channel_settlement` SET `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE `id` IN (?)',
          [againInSeconds, due],
        );
      }
      return due;
    });
    return ids.length === 0 ? [] : this.select('`id` IN (?)', [ids]);
  }

  private async select(where: string, parameters: readonly SqlValue[]): Promise<wallet.Settlement[]> {
    const rows = await this.database.query<SettlementRow>(`${SELECT} WHERE ${where}`, parameters);
    return rows.map((row) => ({
      id: row.id,
      state: row.state,
      channel: row.channel,
      direction: row.direction,
      amount: BigInt(row.amount),
      fee: BigInt(row.fee),
      bankReference: row.bank_reference,
      valueDate: row.value_date,
      recordedBy: row.recorded_by,
      recordedAt: row.recorded_at,
      transferId: row.transfer_id,
      refusal: row.refusal,
    }));
  }
}
