import { Injectable } from '@nestjs/common';
import type { wallet } from '#libs/contracts';
import { Database } from '#libs/database';
import type { SeqRange, StatementAccount } from './statement-blocks.js';

interface EntryRow {
  readonly seq: string;
  readonly transfer_id: string;
  readonly kind: wallet.TransferKind;
  readonly reference: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly created_at: Date;
}

interface BalanceRow {
  readonly id: string;
  readonly part: string | null;
  readonly posted: string;
  readonly held: string;
  readonly version: string;
}

export type StoredEntry = Omit<wallet.WalletEntry, 'account'>;

export interface PartBalance {
  readonly id: string;
  readonly part: string;
  readonly posted: bigint;
  readonly held: bigint;
  readonly version: number;
}

/** All SQL that reads accounts for whom they belong to. */
@Injectable()
export class StatementRepository {
  constructor(private readonly database: Database) {}

  /** What an owner has by kind: one row each, over however many parts. */
  async balances(
    ownerId: string,
  ): Promise<{ kind: string; posted: bigint; held: bigint; version: number }[]> {
    const rows = await this.database.query<{ kind: string; posted: string; held: string; version: string }>(
      'SELECT `kind`, SUM(`posted`) AS `posted`, SUM(`held`) AS `held`, SUM(`version`) AS `version` FROM `account` WHERE `owner_id` = ? GROUP BY `kind` ORDER BY `kind`',
      [ownerId],
    );
    return rows.map(({ kind, posted, held, version }) => ({
      kind,
      posted: BigInt(posted),
      held: BigInt(held),
      version: Number(version),
    }));
  }

  /** An account as it is now; null when nothing was ever posted to it. */
  async findAccount(code: string): Promise<StatementAccount | null> {
    const [row] = await this.database.query<{ id: string; version: string }>(
      'SELECT `id`, `version` FROM `account` WHERE `code` = ?',
      [code],
    );
    return row ? { id: row.id, version: Number(row.version) } : null;
  }

  /** Whether anybody has an account of that part. */
  async partExists(kind: string, part: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM `account` WHERE `kind` = ? AND `part` = ? LIMIT 1',
      [kind, part],
    );
    return rows.length > 0;
  }

  /** An owner's accounts of a parted kind, the one that was opened last first. */
  async parts(ownerId: string, kind: string, beforeId: string | null, limit: number): Promise<PartBalance[]> {
    const rows = await this.database.query<BalanceRow>(
      'SELECT `id`, `part`, `posted`, `held`, `version` FROM `account` WHERE `owner_id` = ? AND `kind` = ? AND `id` < ? ORDER BY `id` DESC LIMIT ?',
      [ownerId, kind, beforeId ?? (2n ** 63n - 1n).toString(), limit],
    );
    return rows.map(({ id, part, posted, held, version }) => ({
      id,
      part: part ?? '',
      posted: BigInt(posted),
      held: BigInt(held),
      version: Number(version),
    }));
  }

  /** Walks the primary key, so the last page costs what the first does. */
  async entries(
    accountId: string,
    { afterSeq, lastSeq }: SeqRange,
    options: {
      readonly kind?: wallet.TransferKind | undefined;
      readonly newestFirst: boolean;
      readonly limit: number;
    },
  ): Promise<StoredEntry[]> {
    const { kind, newestFirst, limit } = options;
    const rows = await this.database.query<EntryRow>(
      // Joined as it is written: read by kind, the transfers of all wallets would come first.
      `SELECT STRAIGHT_JOIN \`e\`.\`seq\`, \`e\`.\`transfer_id\`, \`t\`.\`kind\`, \`t\`.\`reference\`, \`e\`.\`amount\`, \`e\`.\`balance_after\`, \`t\`.\`created_at\`
         FROM \`entry\` AS \`e\` JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\`
        WHERE \`e\`.\`account_id\` = ? AND \`e\`.\`seq\` > ? AND \`e\`.\`seq\` <= ? ${kind === undefined ? '' : 'AND `t`.`kind` = ?'}
        ORDER BY \`e\`.\`seq\` ${newestFirst ? 'DESC' : 'ASC'} LIMIT ?`,
      [accountId, afterSeq, lastSeq, ...(kind === undefined ? [] : [kind]), limit],
    );
    return rows.map((row) => ({
      seq: Number(row.seq),
      transferId: row.transfer_id,
      kind: row.kind,
      amount: BigInt(row.amount),
      balanceAfter: BigInt(row.balance_after),
      reference: row.reference,
      createdAt: row.created_at,
    }));
  }

  /** The balance after so many entries. */
  async balanceAfter(accountId: string, seq: number): Promise<bigint> {
    if (seq === 0) return 0n;
    const [row] = await this.database.query<{ balance_after: string }>(
      'SELECT `balance_after` FROM `entry` WHERE `account_id` = ? AND `seq` = ?',
      [accountId, seq],
    );
    if (!row) throw new Error(`Account ${accountId} has no entry ${seq}`);
    return BigInt(row.balance_after);
  }

  async sums(
    accountId: string,
    { afterSeq, lastSeq }: SeqRange,
  ): Promise<{ credits: bigint; debits: bigint }> {
    const [row] = await this.database.query<{ credits: string | null; debits: string | null }>(
      'SELECT SUM(GREATEST(`amount`, 0)) AS `credits`, SUM(LEAST(`amount`, 0)) AS `debits` FROM `entry` WHERE `account_id` = ? AND `seq` > ? AND `seq` <= ?',
      [accountId, afterSeq, lastSeq],
    );
    return { credits: BigInt(row?.credits ?? 0), debits: BigInt(row?.debits ?? 0) };
  }
}
