import { Injectable } from '@nestjs/common';
import { type PayloadOf, wallet } from '#libs/contracts';
import { type SqlExecutor, type Transaction, isDuplicateKeyError, isTransientError } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { type Found, fingerprintOf, placeKeyOf } from './found.js';

type Alarm = PayloadOf<typeof wallet.ledgerAlarm>;

interface FindingRow {
  readonly id: string;
  readonly place: wallet.FindingPlace;
  readonly found_by: wallet.FindingSource;
  readonly problems: string;
  readonly detail: string;
  readonly account_code: string | null;
  readonly seq: string | null;
  readonly transfer_id: string | null;
  readonly frozen: string | null;
  readonly state: 'OPEN' | 'SETTLED';
  readonly found_at: Date;
  readonly settled_by: string | null;
  readonly settled_at: Date | null;
  readonly reason: string | null;
  readonly unfrozen_at: Date | null;
}

const MAX_DETAIL = 500;

const FINDING = `SELECT \`f\`.*, (SELECT GROUP_CONCAT(\`a\`.\`code\` ORDER BY \`a\`.\`id\` SEPARATOR ' ') FROM \`checker_finding_account\` AS \`c\` JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`c\`.\`account_id\` WHERE \`c\`.\`finding_id\` = \`f\`.\`id\`) AS \`frozen\` FROM \`checker_finding\` AS \`f\``;

/** All SQL about findings and the accounts that they freeze. */
@Injectable()
export class FindingRepository {
  constructor(private readonly ids: IdGenerator) {}

  /**
   * Writes down what is new among what was found, and freezes the owners' accounts that it concerns: nothing can be taken
   * from them any more, and what comes in still does. Only `frozen` is written, in the order of the ids that all postings
   * lock in, so a posting and a freeze wait for each other and neither spoils the other's version or chain. The platform's
   * own accounts are never frozen: they take part in nearly every transfer, and a freeze would stop everybody.
   */
  async record(
    transaction: Transaction,
    found: readonly Found[],
    foundBy: wallet.FindingSource,
    foundAt: Date,
  ): Promise<Alarm[]> {
    const news: { readonly id: string; readonly found: Found }[] = [];
    for (const each of found) {
      const id = await this.insert(transaction, each, foundBy, foundAt);
      if (id !== null) news.push({ id, found: each });
    }
    const frozen = await this.freeze(transaction, new Set(news.flatMap((each) => each.found.concerns)));
    for (const { id, found: each } of news) {
      const rows = each.concerns
        .filter((accountId) => frozen.has(accountId))
        .map((accountId) => [id, accountId]);
      if (rows.length > 0)
        await transaction.write(
          'INSERT INTO `checker_finding_account` (`finding_id`, `account_id`) VALUES ?',
          [rows],
        );
    }
    return news.map(({ id, found: each }) => ({
      findingId: id,
      place: each.place,
      foundBy,
      problems: [...each.problems],
      detail: each.detail.slice(0, MAX_DETAIL),
      account: each.account,
      seq: each.seq,
      transferId: each.transferId,
      frozenAccounts: each.concerns.flatMap((accountId) => frozen.get(accountId) ?? []),
      foundAt,
    }));
  }

  /** @returns null when it was found before. */
  private async insert(
    transaction: Transaction,
    found: Found,
    foundBy: wallet.FindingSource,
    foundAt: Date,
  ): Promise<string | null> {
    const [placeKey, fingerprint] = [placeKeyOf(found), fingerprintOf(found)];
    const [known] = await transaction.query(
      'SELECT 1 FROM `checker_finding` WHERE `place_key` = ? AND `fingerprint` = ?',
      [placeKey, fingerprint],
    );
    if (known) return null;
    const id = this.ids.nextId(0);
    try {
      await transaction.write(
        "INSERT INTO `checker_finding` (`id`, `place_key`, `fingerprint`, `place`, `found_by`, `problems`, `detail`, `account_code`, `seq`, `transfer_id`, `state`, `found_at`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'OPEN', ?)",
        [
          id,
          placeKey,
          fingerprint,
          found.place,
          foundBy,
          found.problems.join(' '),
          found.detail.slice(0, MAX_DETAIL),
          found.account,
          found.seq,
          found.transferId,
          foundAt,
        ],
      );
    } catch (error) {
      // The other of the two that look for findings was here at the same moment.
      if (isDuplicateKeyError(error, 'checker_finding_place')) return null;
      throw error;
    }
    return id;
  }

  /** @returns the codes of those that are frozen now, by id. */
  private async freeze(
    transaction: Transaction,
    accountIds: ReadonlySet<string>,
  ): Promise<Map<string, string>> {
    const frozen = new Map<string, string>();
    if (accountIds.size === 0) return frozen;
    const accounts = await transaction.query<{ id: string; code: string }>(
      'SELECT `id`, `code` FROM `account` WHERE `id` IN (?) AND `owner_id` IS NOT NULL ORDER BY `id`',
      [[...accountIds]],
    );
    for (const { id, code } of accounts) {
      try {
        await transaction.write('UPDATE `account` SET `frozen` = 1 WHERE `id` = ?', [id]);
        frozen.set(id, code);
      } catch (error) {
        // A row that breaks a CHECK can't be written at all, by no posting either. The alarm must not be lost with it.
        if (isTransientError(error) || !isCheckViolation(error)) throw error;
      }
    }
    return frozen;
  }

  async find(from: SqlExecutor, id: string): Promise<wallet.CheckerFinding | null> {
    const [row] = await from.query<FindingRow>(`${FINDING} WHERE \`f\`.\`id\` = ?`, [id]);
    return row ? findingOf(row) : null;
  }

  /** Newest first. */
  async list(
    from: SqlExecutor,
    { state, beforeId, limit }: { state: string | undefined; beforeId: string | undefined; limit: number },
  ): Promise<wallet.CheckerFinding[]> {
    const where = [
      ...(state === undefined ? [] : [['`f`.`state` = ?', state] as const]),
      ...(beforeId === undefined ? [] : [['`f`.`id` < ?', beforeId] as const]),
    ];
    const rows = await from.query<FindingRow>(
      `${FINDING}${where.length > 0 ? ` WHERE ${where.map(([condition]) => condition).join(' AND ')}` : ''} ORDER BY \`f\`.\`id\` DESC LIMIT ?`,
      [...where.map(([, value]) => value), limit],
    );
    return rows.map(findingOf);
  }

  async countOpen(from: SqlExecutor): Promise<number> {
    const [row] = await from.query<{ n: string }>(
      "SELECT COUNT(*) AS `n` FROM `checker_finding` WHERE `state` = 'OPEN'",
    );
    return Number(row?.n);
  }

  /** The first who settles it is the one who has; whoever comes later can only lift what was left frozen. */
  async settle(
    transaction: Transaction,
    { findingId, operatorId, reason, unfreeze, at }: Settlement,
  ): Promise<wallet.CheckerFinding | null> {
    const [locked] = await transaction.query<{ state: string; unfrozen_at: Date | null }>(
      'SELECT `state`, `unfrozen_at` FROM `checker_finding` WHERE `id` = ? FOR UPDATE',
      [findingId],
    );
    if (!locked) return null;
    if (locked.state === 'OPEN')
      await transaction.write(
        "UPDATE `checker_finding` SET `state` = 'SETTLED', `settled_by` = ?, `settled_at` = ?, `reason` = ? WHERE `id` = ?",
        [operatorId, at, reason, findingId],
      );
    if (unfreeze && locked.unfrozen_at === null) {
      await transaction.write('UPDATE `checker_finding` SET `unfrozen_at` = ? WHERE `id` = ?', [
        at,
        findingId,
      ]);
      await this.unfreeze(transaction, findingId);
    }
    return this.find(transaction, findingId);
  }

  /** Whatever another finding keeps frozen stays so. */
  private async unfreeze(transaction: Transaction, findingId: string): Promise<void> {
    const accounts = await transaction.query<{ account_id: string }>(
      `SELECT \`c\`.\`account_id\` FROM \`checker_finding_account\` AS \`c\` WHERE \`c\`.\`finding_id\` = ?
          AND NOT EXISTS (SELECT 1 FROM \`checker_finding_account\` AS \`o\` JOIN \`checker_finding\` AS \`f\` ON \`f\`.\`id\` = \`o\`.\`finding_id\`
            WHERE \`o\`.\`account_id\` = \`c\`.\`account_id\` AND \`f\`.\`unfrozen_at\` IS NULL)
        ORDER BY \`c\`.\`account_id\``,
      [findingId],
    );
    for (const { account_id: id } of accounts)
      await transaction.write('UPDATE `account` SET `frozen` = 0 WHERE `id` = ?', [id]);
  }
}

interface Settlement {
  readonly findingId: string;
  readonly operatorId: string;
  readonly reason: string;
  readonly unfreeze: boolean;
  readonly at: Date;
}

/** MariaDB's number and MySQL's. */
function isCheckViolation(error: unknown): boolean {
  const { errno, driverError } = error as { errno?: number; driverError?: { errno?: number } };
  const number = driverError?.errno ?? errno;
  return number === 4025 || number === 3819;
}

function findingOf(row: FindingRow): wallet.CheckerFinding {
  return {
    id: row.id,
    place: row.place,
    foundBy: row.found_by,
    problems: row.problems.split(' ').map((problem) => wallet.ledgerProblem.parse(problem)),
    detail: row.detail,
    account: row.account_code,
    seq: row.seq === null ? null : Number(row.seq),
    transferId: row.transfer_id,
    frozenAccounts: row.frozen === null ? [] : row.frozen.split(' '),
    state: row.state,
    foundAt: row.found_at,
    settledBy: row.settled_by,
    settledAt: row.settled_at,
    reason: row.reason,
    unfrozenAt: row.unfrozen_at,
  };
}
