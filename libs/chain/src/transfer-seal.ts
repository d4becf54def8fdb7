import { hash } from 'node:crypto';

/** Everything that a transfer says. */
export interface SealedTransfer {
  readonly id: string;
  readonly scope: string;
  readonly idempotencyKey: string;
  readonly requestHash: Buffer;
  readonly kind: string;
  readonly status: string;
  readonly resultCode: string | null;
  readonly reference: string;
  readonly externalId: string | null;
  /** As the database writes it: see `sealedTime`. */
  readonly createdAt: string;
}

/** A transfer's seal: SHA-256 over all that it says, in an encoding in which no two transfers look alike. */
export function sealOf(transfer: SealedTransfer): Buffer {
  const {
    id,
    scope,
    idempotencyKey,
    requestHash,
    kind,
    status,
    resultCode,
    reference,
    externalId,
    createdAt,
  } = transfer;
  const facts = [id, scope, idempotencyKey, requestHash.toString('hex'), kind, status, resultCode, reference];
  return hash('sha256', JSON.stringify([...facts, externalId, createdAt]), 'buffer');
}

/** A moment as MySQL writes a `DATETIME(6)` in UTC: `2026-11-21 10:00:00.123000`. */
export function sealedTime(at: Date): string {
  return `${at.toISOString().replace('T', ' ').slice(0, -1)}000`;
}

/** A transfer as it stands in the book: `SELECT ${SEALED_COLUMNS} FROM transfer`. */
export interface SealedRow {
  readonly id: string;
  readonly scope: string;
  readonly idempotency_key: string;
  readonly request_hash: Buffer;
  readonly kind: string;
  readonly status: string;
  readonly result_code: string | null;
  readonly reference: string;
  readonly external_id: string | null;
  readonly created_at: string;
}

export const SEALED_COLUMNS =
  '`id`, `scope`, `idempotency_key`, `request_hash`, `kind`, `status`, `result_code`, `reference`, `external_id`, CAST(`created_at` AS CHAR) AS `created_at`';

/** The seal that a row must have. */
export function sealOfRow(row: SealedRow): Buffer {
  const { idempotency_key: idempotencyKey, request_hash: requestHash, result_code: resultCode } = row;
  const { external_id: externalId, created_at: createdAt } = row;
  return sealOf({ ...row, idempotencyKey, requestHash, resultCode, externalId, createdAt });
}
