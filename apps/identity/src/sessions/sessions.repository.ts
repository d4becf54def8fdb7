import type { identity } from '#libs/contracts';
import type { SqlExecutor } from '#libs/database';
import { Injectable } from '@nestjs/common';

export interface SessionRecord {
  readonly id: string;
  readonly accountId: string;
  readonly device: identity.Device;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export type EndReason = 'signed_out' | 'signed_out_everywhere' | 'refresh_token_reused';

interface SessionRow {
  readonly id: string;
  readonly account_id: string;
  readonly user_agent: string;
  readonly address: string;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
}

const COLUMNS = '`id`, `account_id`, `user_agent`, `address`, `created_at`, `last_used_at`, `expires_at`';

/** A session counts while nobody has ended it, its time is not over and its account is in order. */
const LIVE =
  "`ended_at` IS NULL AND `expires_at` > ? AND `account_id` IN (SELECT `id` FROM `account` WHERE `state` = 'ACTIVE')";

/** More devices than anybody looks through; the rest are older. */
const LIST_LIMIT = 100;

@Injectable()
export class SessionsRepository {
  async insert(sql: SqlExecutor, session: SessionRecord): Promise<void> {
    const { id, accountId, device, createdAt, lastUsedAt, expiresAt } = session;
    await sql.write(`INSERT INTO \`session\` (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`, [
      id,
      accountId,
      device.userAgent,
      device.address,
      createdAt,
      lastUsedAt,
      expiresAt,
    ]);
  }

  async find(sql: SqlExecutor, id: string): Promise<SessionRecord | null> {
    const [row] = await sql.query<SessionRow>(`SELECT ${COLUMNS} FROM \`session\` WHERE \`id\` = ?`, [id]);
    return row ? sessionOf(row) : null;
  }

  async findLive(sql: SqlExecutor, id: string, now: Date): Promise<SessionRecord | null> {
    const [row] = await sql.query<SessionRow>(
      `SELECT ${COLUMNS} FROM \`session\` WHERE \`id\` = ? AND ${LIVE}`,
      [id, now],
    );
    return row ? sessionOf(row) : null;
  }

  /** The live sessions of an account, the one used last first. */
  async listLive(sql: SqlExecutor, accountId: string, now: Date): Promise<SessionRecord[]> {
    const rows = await sql.query<SessionRow>(
      `SELECT ${COLUMNS} FROM \`session\` WHERE \`account_id\` = ? AND ${LIVE}
        ORDER BY \`last_used_at\` DESC, \`id\` DESC LIMIT ${LIST_LIMIT}`,
      [accountId, now],
    );
    return rows.map(sessionOf);
  }

  /**
   * Notes that a session is used, and holds its row until the end of the transaction.
   *
   * @returns false when it is not live any more: nothing was changed.
   */
  async use(
    sql: SqlExecutor,
    id: string,
    use: { device: identity.Device; at: Date; expiresAt: Date },
  ): Promise<boolean> {
    const { affectedRows } = await sql.write(
      `UPDATE \`session\` SET \`user_agent\` = ?, \`address\` = ?, \`last_used_at\` = ?, \`expires_at\` = ?
        WHERE \`id\` = ? AND ${LIVE}`,
      [use.device.userAgent, use.device.address, use.at, use.expiresAt, id, use.at],
    );
    return affectedRows === 1;
  }

  /**
   * Ends one session of an account, or all of them.
   *
   * @returns how many were ended by this; those that were over before don't count.
   */
  async end(
    sql: SqlExecutor,
    accountId: string,
    sessionId: string | undefined,
    reason: EndReason,
    now: Date,
  ): Promise<number> {
    const { affectedRows } = await sql.write(
      `UPDATE \`session\` SET \`ended_at\` = ?, \`end_reason\` = ?
        WHERE \`account_id\` = ? AND \`ended_at\` IS NULL AND \`expires_at\` > ?${sessionId ? ' AND `id` = ?' : ''}`,
      [now, reason, accountId, now, ...(sessionId ? [sessionId] : [])],
    );
    return affectedRows;
  }

  /** The sessions of an account that were ended at or after a moment. */
  async endedSince(sql: SqlExecutor, accountId: string, since: Date): Promise<string[]> {
    const rows = await sql.query<{ id: string }>(
      'SELECT `id` FROM `session` WHERE `account_id` = ? AND `ended_at` >= ?',
      [accountId, since],
    );
    return rows.map((row) => row.id);
  }

  /** @returns how many sessions were deleted that expired before a moment. */
  async deleteExpired(sql: SqlExecutor, before: Date, limit: number): Promise<number> {
    const { affectedRows } = await sql.write(
      'DELETE FROM `session` WHERE `expires_at` < ? ORDER BY `expires_at` LIMIT ?',
      [before, limit],
    );
    return affectedRows;
  }
}

function sessionOf(row: SessionRow): SessionRecord {
  return {
    id: row.id,
    accountId: row.account_id,
    device: { userAgent: row.user_agent, address: row.address },
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
  };
}
