import { fields } from '#libs/contracts';
import { formatYuan, parseYuan, yuanAmount } from '#libs/money';
import { z } from 'zod';

/** What the fields of requests and answers look like from outside. */

const MAX_DECIMALS = { maxDecimals: 6 };

/** An amount that the platform tells: yuan, to the micro-yuan where a fraction of a cent is meant. */
export const amount = z
  .codec(z.string().regex(/^-?(0|[1-9]\d*)\.\d{2,6}$/), z.bigint(), {
    decode: (text) =>
      text.startsWith('-') ? -parseYuan(text.slice(1), MAX_DECIMALS) : parseYuan(text, MAX_DECIMALS),
    encode: formatYuan,
  })
  .meta({
    description: 'Decimal yuan, at least two and at most six decimals',
    wire: { examples: ['50.00'] },
  });

/** An amount that somebody pays: whole cents, more than nothing. How much is too much, payment knows. */
export const payableAmount = yuanAmount().meta({
  description: 'Decimal yuan, two decimals at most, more than zero',
  wire: { pattern: '^(0|[1-9]\\d*)(\\.\\d{1,2})?$', examples: ['50.00'] },
});

export const id = fields.id.meta({
  description: 'An id, always a string',
  wire: { examples: ['1077389205120450560'] },
});

export const instant = fields.instant.meta({ wire: { examples: ['2026-11-20T08:30:00.000Z'] } });

export const cursor = fields.cursor.optional().meta({ description: '`nextCursor` of the page before' });

const DEFAULT_PAGE_SIZE = 20;

/** Number of items, from a query string. */
export const limit = integerText(1, 100)
  .default(DEFAULT_PAGE_SIZE)
  .meta({
    description: 'How many items at most',
    wire: { ...integerSchema(1, 100), default: DEFAULT_PAGE_SIZE },
  });

/** A whole number in a query string or a path. */
export function integerText(minimum: number, maximum: number) {
  return z
    .codec(
      z.string().regex(/^\d{1,15}$/, 'must be a whole number'),
      z.number().int().min(minimum).max(maximum),
      {
        decode: Number,
        encode: String,
      },
    )
    .meta({ wire: integerSchema(minimum, maximum) });
}

function integerSchema(minimum: number, maximum: number): Record<string, unknown> {
  return { type: 'integer', minimum, maximum, pattern: undefined };
}
