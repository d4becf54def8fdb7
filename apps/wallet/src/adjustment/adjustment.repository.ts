import { Injectable } from '@nestjs/common';
import type { ResponseOf, wallet } from '#libs/contracts';
import { Database, type SqlValue, isDuplicateKeyError } from '#libs/database';
import { sourcesOf } from '#libs/states';
import {
  type AdjustmentRow,
  SELECT_ADJUSTMENTS,
  type StoredAdjustment,
  adjustmentOf,
} from './adjustment-row.js';
import type { AdjustmentWish } from './adjustment-rules.js';
import { ADJUSTMENT_TRANSITIONS } from './adjustment-states.js';

export interface NewAdjustment {
  readonly id: string;
  readonly wish: AdjustmentWish;
  readonly requestHash: Buffer;
  /** Of the attachment's content. */
  readonly sha256: Buffer | null;
}

export interface AdjustmentFilter {
  readonly state?: wallet.AdjustmentState | undefined;
  readonly purpose?: wallet.AdjustmentPurpose | undefined;
  readonly ownerId?: string | undefined;
  readonly cursor?: string | undefined;
}

export type StoredAttachment = ResponseOf<typeof wallet.getAttachment> & { readonly sha256: Buffer };

/** The SQL of adjustments: they change state only from where they may. */
@Injectable()
export class AdjustmentRepository {
  constructor(private readonly database: Database) {}

  /** @returns false when its requester has used the key before. */
  async create({ id, wish, requestHash, sha256 }: NewAdjustment): Promise<boolean> {
    try {
      await this.database.transaction(async (transaction) => {
        await transaction.write(
          `INSERT INTO \`adjustment\` (\`id\`, \`purpose\`, \`state\`, \`account_kind\`, \`owner_id\`, \`part\`, \`amount\`, \`reason\`, \`idempotency_key\`, \`request_hash\`, \`requested_by\`, \`requested_at\`, \`expires_at\`)
           VALUES (?, ?, 'REQUESTED', ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3), ?)`,
          [
            id,
            wish.purpose,
            wish.account,
            wish.ownerId,
            wish.part,
            wish.amount,
            wish.reason,
            wish.idempotencyKey,
            requestHash,
            wish.operatorId,
            wish.expiresAt,
          ],
        );
        if (wish.attachment === null) return;
        const { fileName, contentType, content } = wish.attachment;
        await transaction.write(
          'INSERT INTO `adjustment_attachment` (`adjustment_id`, `file_name`, `content_type`, `size`, `sha256`, `content`) VALUES (?, ?, ?, ?, ?, ?)',
          [id, fileName, contentType, content.length, sha256, content],
        );
      });
      return true;
    } catch (error) {
      if (isDuplicateKeyError(error)) return false;
      throw error;
    }
  }

  async find(id: string): Promise<StoredAdjustment | null> {
    const [found] = await this.select('`a`.`id` = ?', [id]);
    return found ?? null;
  }

  async findByKey(requestedBy: string, idempotencyKey: string): Promise<StoredAdjustment | null> {
    const [found] = await this.select('`a`.`requested_by` = ? AND `a`.`idempotency_key` = ?', [
      requestedBy,
      idempotencyKey,
    ]);
    return found ?? null;
  }

  /** Newest first. */
  list({ state, purpose, ownerId, cursor }: AdjustmentFilter, limit: number): Promise<StoredAdjustment[]> {
    const conditions: [string, SqlValue | undefined][] = [
      ['`a`.`state` = ?', state],
      ['`a`.`purpose` = ?', purpose],
      ['`a`.`owner_id` = ?', ownerId],
      ['`a`.`id` < ?', cursor],
    ];
    const used = conditions.filter((each): each is [string, SqlValue] => each[1] !== undefined);
    const where = used.map(([sql]) => sql).join(' AND ') || 'TRUE';
    return this.select(`${where} ORDER BY \`a\`.\`id\` DESC LIMIT ?`, [
      ...used.map(([, value]) => value),
      limit,
    ]);
  }

  async findAttachment(adjustmentId: string): Promise<StoredAttachment | null> {
    const [row] = await this.database.query<{
      file_name: string;
      content_type: StoredAttachment['contentType'];
      content: Buffer;
      sha256: Buffer;
    }>(
      'SELECT `file_name`, `content_type`, `content`, `sha256` FROM `adjustment_attachment` WHERE `adjustment_id` = ?',
      [adjustmentId],
    );
    if (!row) return null;
    return {
      fileName: row.file_name,
      contentType: row.content_type,
      content: row.content,
      sha256: row.sha256,
    };
  }

  /** @returns false when somebody has decided about it, or it is the operator's own. */
  approve(id: string, operatorId: string, dueInSeconds: number): Promise<boolean> {
    return this.move(
      id,
      'APPROVED',
      '`decided_by` = ?, `decided_at` = UTC_TIMESTAMP(3), `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? SECOND',
      [operatorId, dueInSeconds],
      ['`requested_by` <> ?', operatorId],
    );
  }

  /** @returns false when somebody has decided about it. */
  reject(id: string, operatorId: string, reason: string): Promise<boolean> {
    return this.move(id, 'REJECTED', '`decided_by` = ?, `decided_at` = UTC_TIMESTAMP(3), `rejection` = ?', [
      operatorId,
      reason,
    ]);
  }

  /** Booked. A bonus that ends is due again when it does. */
  markPosted(id: string, transferId: string): Promise<boolean> {
    return this.move(
      id,
      'POSTED',
      '`transfer_id` = ?, `settled_at` = UTC_TIMESTAMP(3), `due_at` = `expires_at`',
      [transferId],
    );
  }

  markRefused(id: string, transferId: string, refusal: string): Promise<boolean> {
    return this.move(
      id,
      'REFUSED',
      '`transfer_id` = ?, `refusal` = ?, `settled_at` = UTC_TIMESTAMP(3), `due_at` = NULL',
      [transferId, refusal],
    );
  }

  /** @param amount what was left of it, and is gone. */
  markExpired(id: string, amount: bigint): Promise<boolean> {
    return this.move(id, 'EXPIRED', '`expired_amount` = ?, `due_at` = NULL', [amount]);
  }

  /** The ledger has refused to take it, for now: the next attempt has a key of its own. */
  async noteExpiryRefused(id: string, attempt: number, againInSeconds: number): Promise<void> {
    await this.database.write(
      'UPDATE `adjustment` SET `expiry_attempt` = `expiry_attempt` + 1, `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE `id` = ? AND `expiry_attempt` = ?',
      [againInSeconds, id, attempt],
    );
  }

  /** Takes what is due, and sets when it is due again, whatever happens now. */
  async claimDue(limit: number, againInSeconds: number): Promise<StoredAdjustment[]> {
    const ids = await this.database.transaction(async (transaction) => {
      const rows = await transaction.query<{ id: string }>(
        'SELECT `id` FROM `adjustment` WHERE `due_at` <= UTC_TIMESTAMP(3) ORDER BY `due_at` LIMIT ? FOR UPDATE SKIP LOCKED',
        [limit],
      );
      const due = rows.map(({ id }) => id);
      if (due.length > 0) {
        await transaction.write(
          'UPDATE `adjustment` SET `due_at` = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE `id` IN (?)',
          [againInSeconds, due],
        );
      }
      return due;
    });
    return ids.length === 0 ? [] : this.select('`a`.`id` IN (?)', [ids]);
  }

  private async move(
    id: string,
    to: wallet.AdjustmentState,
    set: string,
    values: readonly SqlValue[],
    and: readonly [condition: string, value: SqlValue] | null = null,
  ): Promise<boolean> {
    const { affectedRows } = await this.database.write(
      `UPDATE \`adjustment\` SET \`state\` = ?, ${set} WHERE \`id\` = ? AND \`state\` IN (?)${and ? ` AND ${and[0]}` : ''}`,
      [to, ...values, id, sourcesOf(ADJUSTMENT_TRANSITIONS, to), ...(and ? [and[1]] : [])],
    );
    return affectedRows === 1;
  }

  private async select(where: string, parameters: readonly SqlValue[]): Promise<StoredAdjustment[]> {
    const rows = await this.database.query<AdjustmentRow>(`${SELECT_ADJUSTMENTS} WHERE ${where}`, parameters);
    return rows.map(adjustmentOf);
  }
}
