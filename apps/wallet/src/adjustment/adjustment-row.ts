import { wallet } from '#libs/contracts';

/** An adjustment as it is stored: what the contract tells, and what only this service needs. */
export interface StoredAdjustment extends wallet.Adjustment {
  readonly requestHash: Buffer;
  /** How often the ledger has refused to take an expired bonus. */
  readonly expiryAttempt: number;
}

export interface AdjustmentRow {
  readonly id: string;
  readonly purpose: wallet.AdjustmentPurpose;
  readonly state: wallet.AdjustmentState;
  readonly account_kind: wallet.AdjustableAccount;
  readonly owner_id: string;
  readonly part: string | null;
  readonly amount: string;
  readonly reason: string;
  readonly request_hash: Buffer;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly rejection: string | null;
  readonly transfer_id: string | null;
  readonly refusal: string | null;
  readonly settled_at: Date | null;
  readonly expires_at: Date | null;
  readonly expiry_attempt: number;
  readonly expired_amount: string | null;
  readonly file_name: string | null;
  readonly content_type: string | null;
  readonly size: number | null;
  readonly sha256: Buffer | null;
}

const COLUMNS = [
  'id',
  'purpose',
  'state',
  'account_kind',
  'owner_id',
  'part',
  'amount',
  'reason',
  'request_hash',
  'requested_by',
  'requested_at',
  'decided_by',
  'decided_at',
  'rejection',
  'transfer_id',
  'refusal',
  'settled_at',
  'expires_at',
  'expiry_attempt',
  'expired_amount',
];

/** Without the attachment's content. */
export const SELECT_ADJUSTMENTS = `SELECT ${COLUMNS.map((column) => `\`a\`.\`${column}\``).join(', ')}, \`f\`.\`file_name\`, \`f\`.\`content_type\`, \`f\`.\`size\`, \`f\`.\`sha256\`
    FROM \`adjustment\` AS \`a\` LEFT JOIN \`adjustment_attachment\` AS \`f\` ON \`f\`.\`adjustment_id\` = \`a\`.\`id\``;

export function adjustmentOf(row: AdjustmentRow): StoredAdjustment {
  return {
    id: row.id,
    purpose: row.purpose,
    state: row.state,
    account: row.account_kind,
    ownerId: row.owner_id,
    part: row.part,
    amount: BigInt(row.amount),
    reason: row.reason,
    requestHash: row.request_hash,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    rejection: row.rejection,
    transferId: row.transfer_id,
    refusal: row.refusal,
    settledAt: row.settled_at,
    expiresAt: row.expires_at,
    expiryAttempt: row.expiry_attempt,
    expiredAmount: row.expired_amount === null ? null : BigInt(row.expired_amount),
    attachment: attachmentOf(row),
  };
}

function attachmentOf(row: AdjustmentRow): wallet.Adjustment['attachment'] {
  const { file_name: fileName, size, sha256 } = row;
  if (fileName === null || size === null || sha256 === null) return null;
  const contentType = wallet.attachmentType.parse(row.content_type);
  return { fileName, contentType, size, sha256: sha256.toString('hex') };
}
