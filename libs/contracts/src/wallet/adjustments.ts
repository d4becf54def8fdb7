import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, pageOf, pageSize } from '../fields.js';
import { walletAccountKind } from './wallet.js';

/**
 * Why operators change an owner's balance. `correction`: something was booked wrongly; goes through suspense, with a document
 * that says why. `bonus`: a present to a merchant, which may expire.
 */
export const adjustmentPurpose = z.enum(['correction', 'bonus']);
export type AdjustmentPurpose = z.output<typeof adjustmentPurpose>;

/**
 * REQUESTED: another operator has to decide. APPROVED: the ledger is being asked. POSTED: it is booked. REFUSED: the ledger said
 * no, for good. EXPIRED: what was left of the bonus is gone.
 */
export const adjustmentState = z.enum(['REQUESTED', 'REJECTED', 'APPROVED', 'POSTED', 'REFUSED', 'EXPIRED']);
export type AdjustmentState = z.output<typeof adjustmentState>;

/** Not those that hold money for something in progress: what was put there is taken or given back by whatever put it there. */
export const adjustableAccount = walletAccountKind.extract([
  'merchant_cash',
  'merchant_bonus',
  'traffic_pending',
  'traffic_available',
]);
export type AdjustableAccount = z.output<typeof adjustableAccount>;

const MAX_ATTACHMENT_BYTES = 1_048_576;
/** Base64 of that many bytes. */
const MAX_ENCODED = Math.ceil(MAX_ATTACHMENT_BYTES / 3) * 4;

/** A file's bytes: `Buffer` in code, base64 on the wire. */
export const fileContent = z.codec(
  z
    .string()
    .max(MAX_ENCODED, 'must be a file of at most 1 MiB')
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be a file in base64, and not empty'),
  z.instanceof(Buffer),
  {
    decode: (text, context) => {
      const bytes = Buffer.from(text, 'base64');
      if (bytes.length <= MAX_ATTACHMENT_BYTES && bytes.toString('base64') === text) return bytes;
      const message =
        bytes.length > MAX_ATTACHMENT_BYTES ? 'must be a file of at most 1 MiB' : 'must be whole base64';
      context.issues.push({ code: 'custom', message, input: text });
      return z.NEVER;
    },
    encode: (bytes) => bytes.toString('base64'),
  },
);

/** A name that is safe in a header and in a folder. */
export const fileName = z
  .string()
  .trim()
  .regex(/^(?!\.)[^\p{Cc}\p{Cf}\p{Cs}/\\:"]{1,120}$/u, 'must be a plain file name of at most 120 characters');

export const attachmentType = z.enum(
  [
    'application/pdf',
    'image/png',
    'image/jpeg',
    'text/plain',
    'text/csv',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ],
  'must be a PDF, PNG, JPEG, text, CSV or XLSX file',
);

const attachment = z.object({ fileName, contentType: attachmentType, content: fileContent });

export const adjustment = z.object({
  id,
  purpose: adjustmentPurpose,
  state: adjustmentState,
  account: adjustableAccount,
  ownerId: id,
  /** Of `traffic_pending`: the day in Beijing. */
  part: z.string().nullable(),
  /** Positive: the owner gets it. */
  amount: micros,
  reason: z.string(),
  requestedBy: id,
  requestedAt: instant,
  /** Who approved or rejected it. */
  decidedBy: id.nullable(),
  decidedAt: instant.nullable(),
  /** Why it was rejected. */
  rejection: z.string().nullable(),
  /** Of the posting, or of the refusal, which the ledger keeps as well. */
  transferId: id.nullable(),
  /** The ledger's own code. */
  refusal: z.string().nullable(),
  settledAt: instant.nullable(),
  /** Of a bonus: what is left then goes. */
  expiresAt: instant.nullable(),
  /** What was left, once it has expired. */
  expiredAmount: micros.nullable(),
  attachment: z
    .object({
      fileName: z.string(),
      contentType: attachmentType,
      size: z.number().int(),
      /** In hexadecimal digits. */
      sha256: z.string(),
    })
    .nullable(),
});
export type Adjustment = z.output<typeof adjustment>;

export const adjustmentReason = z.string().trim().min(3, 'must say why, in at least 3 characters').max(300);

/** Changes nothing yet: another operator has to approve it. The same key and request give the same adjustment again. */
export const requestAdjustment = rpc('wallet.request-adjustment', {
  request: z.object({
    operatorId: id,
    idempotencyKey: z.string().min(1).max(80),
    purpose: adjustmentPurpose,
    account: adjustableAccount,
    ownerId: id,
    part: z.string().max(40).nullable(),
    amount: micros.refine((value) => value !== 0n, 'must not be zero'),
    reason: adjustmentReason,
    expiresAt: instant.nullable(),
    attachment: attachment.nullable(),
  }),
  response: adjustment,
  errors: ['VALIDATION_FAILED', 'IDEMPOTENCY_KEY_REUSED'],
});

const decision = { adjustmentId: id, operatorId: id };

/** By somebody else than who asked for it. What the ledger then says is in the answer, or comes within seconds. */
export const approveAdjustment = rpc('wallet.approve-adjustment', {
  request: z.object(decision),
  response: adjustment,
  errors: ['ADJUSTMENT_NOT_FOUND', 'ADJUSTMENT_DECIDED', 'SECOND_PERSON_NEEDED'],
});

/** Also by who asked for it, who thereby takes it back. */
export const rejectAdjustment = rpc('wallet.reject-adjustment', {
  request: z.object({ ...decision, reason: adjustmentReason }),
  response: adjustment,
  errors: ['ADJUSTMENT_NOT_FOUND', 'ADJUSTMENT_DECIDED'],
});

/** Newest first. */
export const listAdjustments = rpc('wallet.list-adjustments', {
  request: z.object({
    state: adjustmentState.optional(),
    purpose: adjustmentPurpose.optional(),
    ownerId: id.optional(),
    cursor: cursor.optional(),
    limit: pageSize.default(20),
  }),
  response: pageOf(adjustment),
});

export const getAdjustment = rpc('wallet.get-adjustment', {
  request: z.object({ adjustmentId: id }),
  response: adjustment,
  errors: ['ADJUSTMENT_NOT_FOUND'],
});

/** The document as it was handed in, proved by its hash. */
export const getAttachment = rpc('wallet.get-attachment', {
  request: z.object({ adjustmentId: id }),
  response: attachment,
  errors: ['ADJUSTMENT_NOT_FOUND'],
});
