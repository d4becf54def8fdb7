import { wallet } from '#libs/contracts';
import { AmountError, formatYuan, parseYuan } from '#libs/money';
import { z } from 'zod';
import { amount, cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

/** A file of 1 MiB in base64, and the fields around it. */
const BODY_LIMIT_BYTES = 1_500_000;
const MAX_AMOUNT_LENGTH = 24;

const signedAmount = z
  .codec(
    z
      .string({ error: 'must be a string such as "-50.00"' })
      .max(MAX_AMOUNT_LENGTH, 'is too long for an amount'),
    z.bigint(),
    {
      decode: (text, context) => {
        try {
          const micros = parseYuan(text, { maxDecimals: 6, allowNegative: true });
          if (micros !== 0n) return micros;
          context.issues.push({ code: 'custom', message: 'must not be zero', input: text });
        } catch (error) {
          if (!(error instanceof AmountError)) throw error;
          context.issues.push({ code: 'custom', message: error.message, input: text });
        }
        return z.NEVER;
      },
      encode: formatYuan,
    },
  )
  .meta({
    description: 'Decimal yuan, six decimals at most: positive gives to the owner, negative takes',
    wire: { pattern: '^-?(0|[1-9]\\d*)(\\.\\d{1,6})?$', examples: ['-50.00'] },
  });

const adjustment = wallet.adjustment
  .extend({
    id,
    ownerId: id,
    part: z.string().nullable().meta({ description: 'Of `traffic_pending`: the day in Beijing' }),
    amount: amount.meta({ description: 'Positive: the owner gets it' }),
    requestedBy: id,
    requestedAt: instant,
    decidedBy: id.nullable().meta({ description: 'Who approved or rejected it' }),
    decidedAt: instant.nullable(),
    transferId: id.nullable(),
    refusal: z.string().nullable().meta({ description: 'Why the ledger has refused it' }),
    settledAt: instant.nullable(),
    expiresAt: instant.nullable(),
    expiredAmount: amount
      .nullable()
      .meta({ description: 'What was left of a bonus when it ended, and is gone' }),
  })
  .meta({ id: 'Adjustment' });

export const requestAdjustment = endpoint({
  permission: 'adjustment:request',
  summary: "Ask for a change of an owner's balance: a correction, or a bonus",
  description:
    'Changes nothing yet: another operator has to approve it. A correction needs a document, a bonus may end.',
  status: 201,
  bodyLimitBytes: BODY_LIMIT_BYTES,
  headers: {
    'idempotency-key': z
      .string({ error: 'must be there: a wish that arrives twice is asked for once' })
      .regex(/^[\x21-\x7e]{1,80}$/, 'must be 1 to 80 visible ASCII characters')
      .meta({ description: 'The same key and body give the same adjustment again, for ever' }),
  },
  body: {
    purpose: wallet.adjustmentPurpose,
    account: wallet.adjustableAccount,
    ownerId: id,
    part: z
      .string()
      .max(40)
      .nullable()
      .default(null)
      .meta({ description: 'Of `traffic_pending`: the day in Beijing' }),
    amount: signedAmount,
    reason: wallet.adjustmentReason,
    expiresAt: instant.nullable().default(null).meta({ description: 'When a bonus ends' }),
    attachment: z
      .strictObject({
        fileName: wallet.fileName,
        contentType: wallet.attachmentType,
        content: wallet.fileContent.meta({ description: 'Base64 of at most 1 MiB' }),
      })
      .nullable()
      .default(null),
  },
  response: adjustment,
  errors: wallet.requestAdjustment.errors,
});

export const listAdjustments = endpoint({
  permission: 'ledger:read',
  summary: 'Adjustments and bonuses, newest first',
  query: {
    state: wallet.adjustmentState.optional(),
    purpose: wallet.adjustmentPurpose.optional(),
    ownerId: id.optional(),
    cursor,
    limit,
  },
  response: pageOf(adjustment, 'Adjustment'),
});

export const getAdjustment = endpoint({
  permission: 'ledger:read',
  summary: 'One adjustment',
  params: { id },
  response: adjustment,
  errors: wallet.getAdjustment.errors,
});

export const getAttachment = endpoint({
  permission: 'ledger:read',
  summary: 'The document of an adjustment, to be saved',
  params: { id },
  response: {
    contentType: 'application/octet-stream',
    description: 'As it was handed in, under its own name; never shown in place',
  },
  errors: wallet.getAttachment.errors,
});

export const approveAdjustment = endpoint({
  permission: 'adjustment:approve',
  summary: 'Agree to an adjustment that somebody else has asked for, which books it',
  description:
    'Still `APPROVED` in the answer when the ledger could not be asked yet: then it is within seconds.',
  params: { id },
  response: adjustment,
  errors: wallet.approveAdjustment.errors,
});

export const rejectAdjustment = endpoint({
  permission: 'adjustment:approve',
  summary: 'Say no to an adjustment, or take back your own',
  params: { id },
  body: { reason: wallet.adjustmentReason },
  response: adjustment,
  errors: wallet.rejectAdjustment.errors,
});
