import { wallet } from '#libs/contracts';
import { z } from 'zod';
import { cursor, id, instant, limit } from '../edge/wire-fields.js';
import { pageOf } from '../edge/page.js';
import { endpoint } from '../endpoint/endpoint.js';

const finding = wallet.checkerFinding
  .extend({
    id,
    detail: z.string().meta({ description: 'What is wrong, in a sentence' }),
    account: z.string().nullable().meta({ description: "The entry's or the account's code" }),
    transferId: id.nullable(),
    frozenAccounts: z
      .array(z.string())
      .meta({ description: "Owners' accounts that nothing can be taken from because of it" }),
    foundAt: instant,
    settledBy: id.nullable(),
    settledAt: instant.nullable(),
    unfrozenAt: instant.nullable().meta({ description: 'When the freeze was lifted' }),
  })
  .meta({ id: 'CheckerFinding' });

const { commits, replay, openFindings } = wallet.getCheckerState.response.shape;

export const getCheckerState = endpoint({
  permission: 'ledger:read',
  summary: 'How far the ledger’s checker is, and what it has found, newest first',
  query: { state: z.enum(['OPEN', 'SETTLED']).optional(), cursor, limit },
  response: z
    .object({
      commits: commits.extend({
        lagSeconds: z
          .number()
          .meta({ description: 'Age of the oldest transfer whose commit is not checked yet; 0 without one' }),
      }),
      replay: replay
        .extend({
          startedAt: instant,
          lastPass: replay.shape.lastPass
            .unwrap()
            .extend({ startedAt: instant, finishedAt: instant })
            .nullable(),
        })
        .meta({ description: 'The pass over the whole book that is under way' }),
      openFindings,
      findings: pageOf(finding, 'CheckerFinding'),
    })
    .meta({ id: 'CheckerState' }),
});

export const settleFinding = endpoint({
  permission: 'ledger:settle',
  summary: 'Close a finding of the ledger’s checker, and lift its freeze',
  description:
    'An account that another finding has frozen too stays frozen. Settling again changes nothing, but lifts a freeze that was left.',
  params: { id },
  body: { reason: z.string().trim().min(1).max(500), unfreeze: z.boolean() },
  response: finding,
  errors: wallet.settleFinding.errors,
});
