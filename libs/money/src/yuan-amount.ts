import { z } from 'zod';
import { AmountError } from './units.js';
import { formatYuan, parseYuan } from './yuan.js';

/**
 * An amount in a JSON body: decimal yuan as a string there, micro-yuan here. A JSON number is refused, since its sender
 * has counted money in binary fractions.
 */
export function yuanAmount({ positive = true }: { readonly positive?: boolean } = {}) {
  return z.codec(
    z.string({ error: 'must be a string such as "50.00"' }).max(24, 'is too long for an amount'),
    z.bigint(),
    {
      decode: (text, context) => {
        try {
          const micros = parseYuan(text);
          if (positive && micros === 0n) throw new AmountError('must be more than zero');
          return micros;
        } catch (error) {
          if (!(error instanceof AmountError)) throw error;
          context.issues.push({ code: 'custom', message: error.message, input: text });
          return z.NEVER;
        }
      },
      encode: (micros) => formatYuan(micros),
    },
  );
}
