import { Injectable } from '@nestjs/common';
import { Database, type Transaction, isTransientError } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import type { AccountState } from './account-state.js';
import { type AccountRef, type AccountSide, OWNER_ACCOUNTS, codeOf } from './chart-of-accounts.js';

interface AccountRow {
  readonly id: string;
  readonly code: string;
  readonly owner_id: string | null;
  readonly kind: string;
  readonly part: string | null;
  readonly side: AccountSide;
  readonly posted: string;
  readonly held: string;
  readonly floor_amount: string | null;
  readonly frozen: number;
  readonly version: string;
  readonly link: Buffer;
}

const COLUMNS =
  '`id`, `code`, `owner_id`, `kind`, `part`, `side`, `posted`, `held`, `floor_amount`, `frozen`, `version`, `link`';

const OPENING_ATTEMPTS = 8;

type OwnerAccountRef = Extract<AccountRef, { ownerId: string }>;

/** All SQL about accounts. */
@Injectable()
export class AccountRepository {
  /** Codes never change their id, so what was once read stays true. */
  private readonly idsByCode = new Map<string, string>();

  constructor(
    private readonly database: Database,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Opens the owners' accounts that don't exist yet, all of a batch together: at midnight every owner's earnings get a new one.
   * Outside the posting's transaction: an empty account does no harm.
   */
  async open(accounts: readonly AccountRef[]): Promise<void> {
    const unknown = new Map<string, OwnerAccountRef>();
    for (const account of accounts) {
      if ('system' in account) continue;
      const code = codeOf(account);
      if (!this.idsByCode.has(code)) unknown.set(code, account);
    }
    if (unknown.size === 0) return;
    // Looked for first: an INSERT would wait for whoever is posting to an account that is there.
    await this.learnIds([...unknown.keys()]);
    const missing = [...unknown].filter(([code]) => !this.idsByCode.has(code));
    if (missing.length === 0) return;
    // In one order everywhere, or two replicas would wait for each other in a circle.
    await this.insert(missing.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    await this.learnIds(missing.map(([code]) => code));
  }

  private async insert(accounts: readonly (readonly [code: string, OwnerAccountRef])[]): Promise<void> {
    const rows = accounts.map(() => '(?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(6))').join(', ');
    const values = accounts.flatMap(([code, { kind, ownerId, part }]) => {
      const { side, floorAmount } = OWNER_ACCOUNTS[kind];
      return [this.ids.nextId(0), code, ownerId, kind, part ?? null, side, floorAmount];
    });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.database.write(
          `INSERT INTO \`account\` (\`id\`, \`code\`, \`owner_id\`, \`kind\`, \`part\`, \`side\`, \`floor_amount\`, \`created_at\`) VALUES ${rows} ON DUPLICATE KEY UPDATE \`code\` = \`code\``,
          values,
        );
        return;
      } catch (error) {
        // It may meet others who open their accounts beside it in the index. A deadlock has undone it whole.
        if (attempt === OPENING_ATTEMPTS || !isTransientError(error)) throw error;
      }
    }
  }

  private async learnIds(codes: readonly string[]): Promise<void> {
    const rows = await this.database.query<{ id: string; code: string }>(
      'SELECT `id`, `code` FROM `account` WHERE `code` IN (?)',
      [codes],
    );
    for (const { id, code } of rows) this.idsByCode.set(code, id);
  }

  /** Locks accounts in ascending id, the one order that all transactions use, and gives them by code. */
  async lock(transaction: Transaction, accounts: readonly AccountRef[]): Promise<Map<string, AccountState>> {
    const ids = accounts.map((account) => this.idOf(account));
    const rows = await transaction.query<AccountRow>(
      `SELECT ${COLUMNS} FROM \`account\` WHERE \`id\` IN (?) ORDER BY \`id\` FOR UPDATE`,
      [ids],
    );
    return new Map(rows.map((row) => [row.code, stateOf(row)]));
  }

  /**
   * Writes balances that were computed from `version - entriesAdded`. The version in the WHERE is the fence: whoever
   * computed from an older balance changes no row.
   */
  async save(
    transaction: Transaction,
    before: ReadonlyMap<string, AccountState>,
    after: readonly AccountState[],
    heads: ReadonlyMap<string, Buffer>,
  ): Promise<void> {
    if (after.length === 0) return;
    const rows = after.map((_, index) =>
      index === 0
        ? 'SELECT ? AS `id`, ? AS `posted`, ? AS `version`, ? AS `link`, ? AS `version_before`'
        : 'SELECT ?, ?, ?, ?, ?',
    );
    const { affectedRows } = await transaction.write(
      `UPDATE \`account\` AS \`a\` JOIN (${rows.join(' UNION ALL ')}) AS \`n\`
          ON \`a\`.\`id\` = \`n\`.\`id\` AND \`a\`.\`version\` = \`n\`.\`version_before\`
         SET \`a\`.\`posted\` = \`n\`.\`posted\`, \`a\`.\`version\` = \`n\`.\`version\`, \`a\`.\`link\` = \`n\`.\`link\``,
      after.flatMap((account) => [
        BigInt(account.id),
        account.posted,
        account.version,
        heads.get(account.id) ?? account.link,
        before.get(account.code)?.version ?? -1,
      ]),
    );
    if (affectedRows !== after.length) {
      throw new Error(
        `Of ${after.length} accounts only ${affectedRows} still had the version that was locked`,
      );
    }
  }

  async findByOwner(ownerId: string): Promise<AccountState[]> {
    const rows = await this.database.query<AccountRow>(
      `SELECT ${COLUMNS} FROM \`account\` WHERE \`owner_id\` = ? ORDER BY \`kind\``,
      [ownerId],
    );
    return rows.map(stateOf);
  }

  private idOf(account: AccountRef): string {
    const id = 'system' in account ? account.system.id.toString() : this.idsByCode.get(codeOf(account));
    if (id === undefined) throw new Error(`Account ${codeOf(account)} was not opened before it was locked`);
    return id;
  }
}

function stateOf(row: AccountRow): AccountState {
  return {
    id: row.id,
    code: row.code,
    ownerId: row.owner_id,
    kind: row.kind,
    part: row.part,
    side: row.side,
    posted: BigInt(row.posted),
    held: BigInt(row.held),
    floor: row.floor_amount === null ? null : BigInt(row.floor_amount),
    frozen: row.frozen === 1,
    version: Number(row.version),
    link: row.link,
  };
}
