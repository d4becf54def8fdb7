import { z } from 'zod';
import { rpc } from '../contract.js';
import { cursor, id, instant, micros, pageOf, pageSize } from '../fields.js';

/** Payouts that go to the bank in one file. */
export const bankBatch = z.object({
  id,
  createdAt: instant,
  createdBy: id,
  count: z.number().int(),
  /** What the payees get, together. */
  net: micros,
  paid: z.number().int(),
  failed: z.number().int(),
  /** Of which the bank has said nothing yet. */
  open: z.number().int(),
});
export type BankBatch = z.output<typeof bankBatch>;

/** Puts every approved bank payout into a new file; they are PAYING from then on. */
export const createBankBatch = rpc('withdrawal.create-bank-batch', {
  request: z.object({ operatorId: id }),
  response: bankBatch,
  errors: ['NOTHING_TO_PAY'],
});

export const listBankBatches = rpc('withdrawal.list-bank-batches', {
  request: z.object({ cursor: cursor.optional(), limit: pageSize.default(20) }),
  response: pageOf(bankBatch),
});

/** The same bytes every time, however often it is asked for: a file that was lost must not become another one. */
export const getBankFile = rpc('withdrawal.get-bank-file', {
  request: z.object({ batchId: id, operatorId: id }),
  response: z.object({ name: z.string(), csv: z.string() }),
  errors: ['BANK_BATCH_NOT_FOUND'],
});

/**
 * What the bank has made of it: CSV with the columns `withdrawal_id,amount,outcome,bank_reference,message`; outcome is PAID,
 * FAILED, or RETURNED (paid, and came back later). Nothing is done unless every line can be; the same file again changes
 * nothing.
 */
export const importBankResults = rpc('withdrawal.import-bank-results', {
  request: z.object({ operatorId: id, csv: z.string().min(1).max(2_000_000) }),
  response: z.object({ lines: z.number().int(), changed: z.number().int(), known: z.number().int() }),
  errors: ['BANK_RESULTS_INVALID'],
});
