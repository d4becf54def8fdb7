import type { identity } from '#libs/contracts';
import type { SqlExecutor, SqlValue } from '#libs/database';
import { Injectable } from '@nestjs/common';

/** A suspended account can't sign in, and its sessions are over. */
export type AccountState = 'ACTIVE' | 'SUSPENDED';

export interface AccountRecord {
  readonly id: string;
  readonly email: string;
  readonly kind: identity.AccountKind;
  readonly displayName: string;
  readonly state: AccountState;
  readonly createdAt: Date;
}

export interface AccountCredentials {
  readonly account: AccountRecord;
  readonly passwordHash: string;
}

interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly password_hash: string;
  readonly kind: identity.AccountKind;
  readonly display_name: string;
  readonly state: AccountState;
  readonly created_at: Date;
}

const COLUMNS = '`id`, `email`, `password_hash`, `kind`, `display_name`, `state`, `created_at`';

@Injectable()
export class AccountsRepository {
  /** @throws the duplicate-key error of `account_email` when the address is taken */
  async insert(sql: SqlExecutor, account: AccountRecord, passwordHash: string): Promise<void> {
    await sql.write(`INSERT INTO \`account\` (${COLUMNS}) VALUES (?)`, [valuesOf(account, passwordHash)]);
  }

  /** Leaves out accounts whose address or id is there already. */
  async insertMissing(
    sql: SqlExecutor,
    accounts: readonly AccountRecord[],
    passwordHash: string,
  ): Promise<void> {
    if (accounts.length === 0) return;
    await sql.write(
      `INSERT INTO \`account\` (${COLUMNS}) VALUES ? ON DUPLICATE KEY UPDATE \`id\` = \`account\`.\`id\``,
      [accounts.map((account) => valuesOf(account, passwordHash))],
    );
  }

  /** Ids by e-mail address, of those addresses that are registered. */
  async findIds(sql: SqlExecutor, emails: readonly string[]): Promise<Map<string, string>> {
    const rows = await sql.query<{ id: string; email: string }>(
      'SELECT `id`, `email` FROM `account` WHERE `email` IN (?)',
      [emails],
    );
    return new Map(rows.map(({ id, email }) => [email, id]));
  }

  async find(sql: SqlExecutor, id: string): Promise<AccountRecord | null> {
    const [row] = await sql.query<AccountRow>(`SELECT ${COLUMNS} FROM \`account\` WHERE \`id\` = ?`, [id]);
    return row ? accountOf(row) : null;
  }

  async findCredentials(sql: SqlExecutor, email: string): Promise<AccountCredentials | null> {
    const [row] = await sql.query<AccountRow>(`SELECT ${COLUMNS} FROM \`account\` WHERE \`email\` = ?`, [
      email,
    ]);
    return row ? { account: accountOf(row), passwordHash: row.password_hash } : null;
  }

  /** Replaces the very hash that was verified: a password that was changed meanwhile stays changed. */
  async replacePasswordHash(sql: SqlExecutor, id: string, from: string, to: string): Promise<void> {
    await sql.write('UPDATE `account` SET `password_hash` = ? WHERE `id` = ? AND `password_hash` = ?', [
      to,
      id,
      from,
    ]);
  }
}

function valuesOf(account: AccountRecord, passwordHash: string): readonly SqlValue[] {
  const { id, email, kind, displayName, state, createdAt } = account;
  return [id, email, passwordHash, kind, displayName, state, createdAt];
}

function accountOf(row: AccountRow): AccountRecord {
  return {
    id: row.id,
    email: row.email,
    kind: row.kind,
    displayName: row.display_name,
    state: row.state,
    createdAt: row.created_at,
  };
}
