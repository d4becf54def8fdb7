import { Injectable } from '@nestjs/common';
import { type wallet } from '#libs/contracts';
import { Database } from '#libs/database';

interface EntryRow {
  readonly seq: string;
  readonly transfer_id: string;
  readonly kind: wallet.TransferKind;
  readonly reference: string;
  readonly amount: string;
  readonly balance_after: string;
  readonly created_at: Date;
}

export interface StatementQuery {
  readonly accountId: string;
  /** Entries older than this one. */
  readonly beforeSeq: number | null;
  /** Entries newer than this one. */
  readonly afterSeq: number;
  readonly limit: number;
}

@Injectable()
export class StatementRepository {
  constructor(private readonly database: Database) {}

  /** Newest first; walks the primary key, so the last page costs what the first does. */
  async entries(query: StatementQuery, account: wallet.WalletAccountKind): Promise<wallet.WalletEntry[]> {
    const rows = await this.database.query<EntryRow>(
      `SELECT \`e\`.\`seq\`, \`e\`.\`transfer_id\`, \`t\`.\`kind\`, \`t\`.\`reference\`, \`e\`.\`amount\`, \`e\`.\`balance_after\`, \`t\`.\`created_at\`
         FROM \`entry\` AS \`e\` JOIN \`transfer\` AS \`t\` ON \`t\`.\`id\` = \`e\`.\`transfer_id\`
        WHERE \`e\`.\`account_id\` = ? AND \`e\`.\`seq\` > ? AND \`e\`.\`seq\` < ?
        ORDER BY \`e\`.\`seq\` DESC LIMIT ?`,
      [query.accountId, query.afterSeq, query.beforeSeq ?? Number.MAX_SAFE_INTEGER, query.limit],
    );
    return rows.map((row) => ({
      account,
      seq: Number(row.seq),
      transferId: row.transfer_id,
      kind: row.kind,
      amount: BigInt(row.amount),
      balanceAfter: BigInt(row.balance_after),
      reference: row.reference,
      createdAt: row.created_at,
    }));
  }
}
