import { Injectable } from '@nestjs/common';
import { wallet } from '#libs/contracts';
import { Database } from '#libs/database';
import type { AccountSide } from '../ledger/chart-of-accounts.js';
import { BOUNDARY } from './flow-sums.js';

interface FlowRow {
  readonly kind: string;
  readonly posted: string;
  readonly version: string;
  readonly seq: string | null;
  readonly transfer_kind: string | null;
  readonly credited: string | null;
  readonly debited: string | null;
}

/** The book in sums. Its cost grows with the number of accounts, never with that of entries. */
@Injectable()
export class BookRepository {
  constructor(private readonly database: Database) {}

  /** One statement, and so one moment: between two transactions they sum to zero. */
  async classes(): Promise<wallet.AccountClass[]> {
    const rows = await this.database.query<{
      kind: string;
      side: wallet.AccountClass['side'];
      accounts: string;
      posted: string;
    }>(
      'SELECT `kind`, `side`, COUNT(*) AS `accounts`, SUM(`posted`) AS `posted` FROM `account` GROUP BY `kind`, `side` ORDER BY `side` DESC, `kind`',
    );
    return rows.map(({ kind, side, accounts, posted }) => ({
      kind,
      side,
      accounts: Number(accounts),
      posted: BigInt(posted),
    }));
  }

  async boundary(): Promise<wallet.BoundaryAccount[]> {
    const rows = await this.database.query<FlowRow>(
      `SELECT \`a\`.\`kind\`, \`a\`.\`posted\`, \`a\`.\`version\`, \`p\`.\`seq\`, \`f\`.\`kind\` AS \`transfer_kind\`, \`f\`.\`credited\`, \`f\`.\`debited\`
         FROM \`account\` AS \`a\` LEFT JOIN \`account_flow_position\` AS \`p\` ON \`p\`.\`account_id\` = \`a\`.\`id\`
         LEFT JOIN \`account_flow\` AS \`f\` ON \`f\`.\`account_id\` = \`a\`.\`id\`
        WHERE \`a\`.\`id\` IN (?) ORDER BY \`f\`.\`kind\``,
      [BOUNDARY.map(({ id }) => id)],
    );
    return BOUNDARY.flatMap(({ kind, side }) => {
      const own = rows.filter((row) => row.kind === kind);
      const [first] = own;
      if (!first) return [];
      const entriesBehind = Number(first.version) - Number(first.seq ?? 0);
      return [{ kind, posted: BigInt(first.posted), flows: own.flatMap(flowOf(side)), entriesBehind }];
    });
  }
}

/** What is owed to us grows by debits, what we owe by credits. */
const flowOf =
  (side: AccountSide) =>
  ({ transfer_kind: kind, credited, debited }: FlowRow): wallet.AccountFlow[] => {
    if (kind === null) return [];
    const [cameIn, wentOut] = side === 'debit' ? [debited, credited] : [credited, debited];
    return [
      { kind: wallet.transferKind.parse(kind), cameIn: BigInt(cameIn ?? 0), wentOut: BigInt(wentOut ?? 0) },
    ];
  };
