import { payment } from '#libs/contracts';
import { z } from 'zod';
import { instant } from '../edge/wire-fields.js';
import { endpoint } from '../endpoint/endpoint.js';

const account = payment.channelAccount
  .extend({
    weight: z.number().int().meta({ description: 'Share of new payments among accounts of the channel' }),
    calls: z.number().int().meta({ description: 'Of the last minute, over all replicas' }),
    changedAt: instant.nullable().meta({ description: 'When an operator last set it' }),
  })
  .meta({ id: 'ChannelAccount' });

export const listChannelAccounts = endpoint({
  permission: 'channel:read',
  summary: 'Our accounts at the channels, as they are doing now',
  response: z.object({ items: z.array(account) }).meta({ id: 'ChannelAccounts' }),
});

export const setChannelAccount = endpoint({
  permission: 'channel:manage',
  summary: 'Switch an account on or off for new payments, or weigh it',
  description:
    'In force on all replicas within seconds. Notifies, queries and refunds of its payments go on.',
  params: { id: payment.channelAccountId },
  body: { enabled: z.boolean().optional(), weight: z.number().int().min(0).max(1_000).optional() },
  response: account,
  errors: payment.setChannelAccount.errors,
});
