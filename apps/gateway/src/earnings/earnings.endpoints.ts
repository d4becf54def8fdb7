import { wallet } from '#libs/contracts';
import { z } from 'zod';
import { amount } from '../edge/wire-fields.js';
import { endpoint } from '../endpoint/endpoint.js';

const day = z.iso.date().meta({ description: 'A day in Beijing' });

export const getEarnings = endpoint({
  permission: 'earnings:read',
  summary: 'What was earned, day by day, and how much of it can be withdrawn',
  query: { from: day, to: day },
  response: z
    .object({
      pending: amount.meta({ description: 'Earned, and not available yet' }),
      available: amount.meta({ description: 'Can be withdrawn' }),
      withdrawing: amount.meta({ description: 'Set aside for withdrawals that are under way' }),
      days: z.array(
        wallet.earningsOfDay
          .extend({
            day,
            earned: amount,
            pending: amount.meta({ description: 'What of it is still pending' }),
            maturesOn: z.iso.date().meta({ description: 'The day in Beijing on which it becomes available' }),
          })
          .meta({ id: 'EarningsOfDay' }),
      ),
    })
    .meta({ id: 'Earnings', description: 'Days without earnings are left out; oldest first' }),
  errors: wallet.getEarnings.errors,
});
