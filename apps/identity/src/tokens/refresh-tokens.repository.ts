import type { SqlExecutor } from '#libs/database';
import { Injectable } from '@nestjs/common';

export interface StoredRefreshToken {
  readonly sessionId: string;
  readonly usedAt: Date | null;
  readonly replacedBy: Buffer | null;
}

interface RefreshTokenRow {
  readonly session_id: string;
  readonly used_at: Date | null;
  readonly replaced_by: Buffer | null;
}

export interface IssuedRefreshToken {
  readonly hash: Buffer;
  readonly sessionId: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

@Injectable()
export class RefreshTokensRepository {
  async insert(sql: SqlExecutor, token: IssuedRefreshToken): Promise<void> {
    await sql.write(
      'INSERT INTO `refresh_token` (`hash`, `session_id`, `issued_at`, `expires_at`) VALUES (?, ?, ?, ?)',
      [token.hash, token.sessionId, token.issuedAt, token.expiresAt],
    );
  }

  async find(sql: SqlExecutor, hash: Buffer): Promise<StoredRefreshToken | null> {
    const [row] = await sql.query<RefreshTokenRow>(
      'SELECT `session_id`, `used_at`, `replaced_by` FROM `refresh_token` WHERE `hash` = ?',
      [hash],
    );
    if (!row) return null;
    return {
      sessionId: row.session_id,
      usedAt: row.used_at,
      replacedBy: row.replaced_by,
    };
  }

  /** @returns false when somebody has used it before. Of any number of parallel callers, one gets true. */
  async use(sql: SqlExecutor, hash: Buffer, replacedBy: Buffer, now: Date): Promise<boolean> {
    const { affectedRows } = await sql.write(
      'UPDATE `refresh_token` SET `used_at` = ?, `replaced_by` = ? WHERE `hash` = ? AND `used_at` IS NULL',
      [now, replacedBy, hash],
    );
    return affectedRows === 1;
  }

  /** @returns how many tokens were deleted that have been worthless anyway. */
  async deleteExpired(sql: SqlExecutor, now: Date, limit: number): Promise<number> {
    const { affectedRows } = await sql.write(
      'DELETE FROM `refresh_token` WHERE `expires_at` < ? ORDER BY `expires_at` LIMIT ?',
      [now, limit],
    );
    return affectedRows;
  }
}
