import { Injectable } from '@nestjs/common';
import type { wallet } from '#libs/contracts';
import { Database } from '#libs/database';

export interface PostedEntry {
  readonly ownerId: string | null;
  readonly account: string;
  readonly part: string | null;
  readonly seq: number;
  readonly amount: bigint;
  readonly balanceAfter: bigint;
}

export interface PostedTransfer {
  readonly id: string;
  readonly kind: wallet.TransferKind;
  readonly reference: string;
  readonly createdAt: Date;
  readonly entries: readonly PostedEntry[];
}

interface Row {
  readonly kind: wallet.TransferKind;
  readonly reference: string;
  readonly created_at: Date;
  readonly owner_id: string | null;
  readonly account: string;
  readonly part: string | null;
  readonly seq: string;
  readonly amount: string;
  readonly balance_after: string;
}

@Injectable()
export class PostedTransferRepository {
  constructor(private readonly database: Database) {}

  /** With the entries of all accounts: who may see which is for the caller to say. Null when nothing was posted. */
  async find(transferId: string): Promise<PostedTransfer | null> {
    const rows = await this.database.query<Row>(
      `SELECT \`t\`.\`kind\`, \`t\`.\`reference\`, \`t\`.\`created_at\`, \`a\`.\`owner_id\`, \`a\`.\`kind\` AS \`account\`, \`a\`.\`part\`, \`e\`.\`seq\`, \`e\`.\`amount\`, \`e\`.\`balance_after\`
         FROM \`transfer\` AS \`t\`
         JOIN \`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`t\`.\`id\`
         JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\`
        WHERE \`t\`.\`id\` = ? ORDER BY \`a\`.\`id\`, \`e\`.\`seq\``,
      [transferId],
    );
    const [first] = rows;
    if (!first) return null;
    return {
      id: transferId,
      kind: first.kind,
      reference: first.reference,
      createdAt: first.created_at,
      entries: rows.map((row) => ({
        ownerId: row.owner_id,
        account: row.account,
        part: row.part,
        seq: Number(row.seq),
        amount: BigInt(row.amount),
        balanceAfter: BigInt(row.balance_after),
      })),
    };
  }
}
