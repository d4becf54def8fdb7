import { z } from 'zod';

/** Largest amount that any message may carry: what a signed 64-bit column holds. */
const MAX_BIGINT = 2n ** 63n - 1n;

/** Micro-yuan (1 CNY = 1,000,000) as `bigint` in code and as a decimal string on the wire. */
export const micros = z.codec(z.string().regex(/^-?\d{1,19}$/, 'must be whole micro-yuan'), z.bigint(), {
  decode: (text, context) => {
    const value = BigInt(text);
    if (value > MAX_BIGINT || value < -MAX_BIGINT) {
      context.issues.push({ code: 'custom', message: 'does not fit 63 bits', input: text });
      return z.NEVER;
    }
    return value;
  },
  encode: (value) => value.toString(),
});

/** A moment: `Date` in code, ISO 8601 UTC on the wire. */
export const instant = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

/** A 63-bit id, always a string: JavaScript numbers can't hold it. */
export const id = z.string().regex(/^[1-9]\d{0,18}$/, 'must be an id of up to 19 digits');

/** Where a list goes on: the id or sequence number of the last item seen. */
export const cursor = z.string().regex(/^\d{1,19}$/, 'must be a nextCursor that this list gave');

export const pageSize = z.number().int().min(1).max(100);

/** One page of a list; `nextCursor` is null on the last. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The answer of a request that has nothing to tell. */
export const nothing = z.object({});
