import { Injectable } from '@nestjs/common';
import type { StandingEntry } from '#libs/chain';
import { type SqlExecutor, type Transaction, isDuplicateKeyError } from '#libs/database';
import type { NumberedRequest, Rejection } from './evaluate-batch.js';
import { sealOfRequest } from './link-entries.js';
import { type RejectionCode, requestHash } from './transfer.js';

/** A decision that stands in the book already. */
export interface StoredTransfer {
  readonly transferId: string;
  readonly requestHash: Buffer;
  readonly status: 'posted' | 'rejected';
  readonly rejectionCode: RejectionCode | null;
}

interface TransferRow {
  readonly id: string;
  readonly scope: string;
  readonly idempotency_key: string;
  readonly request_hash: Buffer;
  readonly status: 'posted' | 'rejected';
  readonly result_code: RejectionCode | null;
}

const INSERT =
  'INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `reference`, `external_id`, `created_at`, `seal`) VALUES ';

export const keyOf = (request: { readonly scope: string; readonly idempotencyKey: string }): string =>
  `${request.scope}/${request.idempotencyKey}`;

function justClaimed({ transferId }: NumberedRequest, hashes: ReadonlyMap<string, Buffer>): StoredTransfer {
  return {
    transferId,
    requestHash: hashes.get(transferId) ?? Buffer.alloc(0),
    status: 'posted',
    rejectionCode: null,
  };
}

/** All SQL about transfers and their entries. */
@Injectable()
export class TransferRepository {
  /**
   * Puts the requests' keys into the book. Whoever comes second with a key waits here for the first to commit.
   *
   * @returns what now stands under each key, by key: the request's own new id, or what was there before. A key that is
   * missing was not taken, because its request's external id is booked under another key.
   */
  async claimKeys(
    transaction: Transaction,
    batch: readonly NumberedRequest[],
    seals: ReadonlyMap<string, Buffer>,
    createdAt: Date,
  ): Promise<Map<string, StoredTransfer>> {
    const hashes = new Map(batch.map(({ transferId, request }) => [transferId, requestHash(request)]));
    // In one order everywhere: two replicas with the same keys then wait for each other instead of deadlocking.
    const ordered = [...batch].sort((a, b) => (keyOf(a.request) < keyOf(b.request) ? -1 : 1));
    const values = ordered.map(() => "(?, ?, ?, ?, ?, 'posted', ?, ?, ?, ?)").join(', ');
    const parameters = ordered.flatMap(({ transferId, request }) => [
      transferId,
      request.scope,
      request.idempotencyKey,
      hashes.get(transferId) ?? null,
      request.kind,
      request.reference,
      request.externalId,
      createdAt,
      seals.get(transferId) ?? null,
    ]);
    try {
      await transaction.write(INSERT + values, parameters);
      return new Map(batch.map((numbered) => [keyOf(numbered.request), justClaimed(numbered, hashes)]));
    } catch (error) {
      if (!isDuplicateKeyError(error)) throw error;
    }
    await transaction.write(`${INSERT}${values} ON DUPLICATE KEY UPDATE \`id\` = \`id\``, parameters);
    return this.findByKeys(transaction, batch);
  }

  private async findByKeys(
    transaction: Transaction,
    batch: readonly NumberedRequest[],
  ): Promise<Map<string, StoredTransfer>> {
    const found = new Map<string, StoredTransfer>();
    // One scope at a time: MariaDB reads (scope, key) IN ((?, ?), …) without the index.
    for (const scope of new Set(batch.map(({ request }) => request.scope))) {
      const keys = batch
        .filter(({ request }) => request.scope === scope)
        .map(({ request }) => request.idempotencyKey);
      const rows = await transaction.query<TransferRow>(
        'SELECT `id`, `scope`, `idempotency_key`, `request_hash`, `status`, `result_code` FROM `transfer` WHERE `scope` = ? AND `idempotency_key` IN (?)',
        [scope, keys],
      );
      for (const row of rows) {
        found.set(keyOf({ scope: row.scope, idempotencyKey: row.idempotency_key }), {
          transferId: row.id,
          requestHash: row.request_hash,
          status: row.status,
          rejectionCode: row.result_code,
        });
      }
    }
    return found;
  }

  /**
   * A posted transfer and what it did to whom, by its key; null when nothing was posted under it. In one order always:
   * whoever makes a transfer of it again must make the same one, or its key conflicts with itself.
   */
  async findPosted(
    executor: SqlExecutor,
    scope: string,
    idempotencyKey: string,
  ): Promise<{ transferId: string; entries: readonly { code: string; amount: bigint }[] } | null> {
    const rows = await executor.query<{ transfer_id: string; code: string; amount: string }>(
      `SELECT \`e\`.\`transfer_id\`, \`a\`.\`code\`, \`e\`.\`amount\` FROM \`transfer\` AS \`t\`
         JOIN \`entry\` AS \`e\` ON \`e\`.\`transfer_id\` = \`t\`.\`id\`
         JOIN \`account\` AS \`a\` ON \`a\`.\`id\` = \`e\`.\`account_id\`
        WHERE \`t\`.\`scope\` = ? AND \`t\`.\`idempotency_key\` = ? AND \`t\`.\`status\` = 'posted' ORDER BY \`e\`.\`account_id\``,
      [scope, idempotencyKey],
    );
    const [first] = rows;
    if (!first) return null;
    return {
      transferId: first.transfer_id,
      entries: rows.map(({ code, amount }) => ({ code, amount: BigInt(amount) })),
    };
  }

  /** Stores a rejection for a key that could not be claimed because its external id is taken. */
  async insertRejected(transaction: Transaction, rejection: Rejection, createdAt: Date): Promise<void> {
    const { transferId, request, code } = rejection;
    await transaction.write(
      "INSERT INTO `transfer` (`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `result_code`, `reference`, `created_at`, `seal`) VALUES (?, ?, ?, ?, ?, 'rejected', ?, ?, ?, ?)",
      [
        transferId,
        request.scope,
        request.idempotencyKey,
        requestHash(request),
        request.kind,
        code,
        request.reference,
        createdAt,
        sealOfRequest(transferId, request, createdAt, code),
      ],
    );
  }

  async markRejected(
    transaction: Transaction,
    rejections: readonly Rejection[],
    createdAt: Date,
  ): Promise<void> {
    for (const { transferId, request, code } of rejections) {
      // Its external id was not booked, so that it stays free for the transfer that will.
      await transaction.write(
        "UPDATE `transfer` SET `status` = 'rejected', `result_code` = ?, `external_id` = NULL, `seal` = ? WHERE `id` = ?",
        [code, sealOfRequest(transferId, request, createdAt, code), transferId],
      );
    }
  }

  /** The primary key (account, seq) is the second fence: two writers with the same balance before can't both get in. */
  async insertEntries(transaction: Transaction, entries: readonly StandingEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await transaction.write(
      `INSERT INTO \`entry\` (\`account_id\`, \`seq\`, \`transfer_id\`, \`amount\`, \`balance_after\`, \`link\`) VALUES ${entries.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`,
      entries.flatMap(({ accountId, seq, transferId, amount, balanceAfter, link }) => [
        accountId,
        seq,
        transferId,
        amount,
        balanceAfter,
        link,
      ]),
    );
  }
}
