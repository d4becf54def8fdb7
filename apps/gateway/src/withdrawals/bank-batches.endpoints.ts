import { withdrawal } from '#libs/contracts';
import { z } from 'zod';
import { amount, cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

/** As many characters as the service takes, were all of them Chinese. */
const RESULTS_LIMIT_BYTES = 6_000_000;

const bankBatch = withdrawal.bankBatch
  .extend({
    id,
    createdAt: instant,
    createdBy: id,
    net: amount.meta({ description: 'What the payees get, together' }),
    open: z.number().int().meta({ description: 'Of which the bank has said nothing yet' }),
  })
  .meta({ id: 'BankBatch' });

export const createBankBatch = endpoint({
  permission: 'payout:manage',
  summary: 'Put every approved bank payout into a new file',
  description: 'They count as being paid from then on.',
  status: 201,
  response: bankBatch,
  errors: withdrawal.createBankBatch.errors,
});

export const listBankBatches = endpoint({
  permission: 'payout:manage',
  summary: 'Files for the bank, newest first',
  query: { cursor, limit },
  response: pageOf(bankBatch, 'BankBatch'),
});

export const downloadBankFile = endpoint({
  permission: 'payout:manage',
  summary: 'The file for the bank, the same bytes every time',
  description: 'It has names and card numbers in full; who downloads it is logged.',
  params: { id },
  response: { contentType: 'text/csv', description: 'One line a payout, amounts in yuan' },
  errors: withdrawal.getBankFile.errors,
});

export const importBankResults = endpoint({
  permission: 'payout:manage',
  summary: 'What the bank has made of its files',
  description:
    'Columns `withdrawal_id,amount,outcome,bank_reference,message`; outcome is PAID, FAILED or RETURNED. Nothing is done ' +
    'unless every line can be; the same file again changes nothing. Refusals name lines as `lines.<number>.<column>`.',
  bodyLimitBytes: RESULTS_LIMIT_BYTES,
  rawBody: { contentType: 'text/csv', description: 'In UTF-8 or GB 18030' },
  response: z
    .object({
      lines: z.number().int(),
      changed: z.number().int(),
      known: z.number().int().meta({ description: 'Lines that said nothing new' }),
    })
    .meta({ id: 'BankResults' }),
  errors: withdrawal.importBankResults.errors,
});
