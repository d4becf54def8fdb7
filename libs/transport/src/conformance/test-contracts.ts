import { z } from 'zod';
import { event, fields, rpc } from '#libs/contracts';

/** Messages of services that exist only in these tests. */

const saying = z.object({ text: z.string().min(1), amount: fields.micros, at: fields.instant });

export const echo = rpc('parrot.echo', { request: saying, response: saying });

export const refuse = rpc('parrot.refuse', {
  request: z.object({ how: z.enum(['listed', 'common', 'unlisted', 'bug', 'bad-response']) }),
  response: z.object({ ok: z.boolean() }),
  errors: ['INSUFFICIENT_FUNDS'],
});

/** Does what the test says under this key; `by` is the replica that did it. */
export const work = rpc('parrot.work', {
  request: z.object({ key: z.string() }),
  response: z.object({ by: z.string() }),
});

/** Asks the parrot in turn. */
export const ask = rpc('zoo.ask', {
  request: z.object({ key: z.string() }),
  response: z.object({ heard: z.string() }),
});

export const said = event('parrot.said', z.object({ text: z.string(), amount: fields.micros }));
