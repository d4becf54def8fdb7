import { z } from 'zod';
import { AmountError } from './units.js';
import { formatYuan, microsToYuanExact, parseYuan } from './yuan.js';

export interface YuanAmountOptions {
  /** Smallest amount in micro-yuan; by default anything more than zero. */
  readonly min?: bigint;
  /** Largest amount in micro-yuan; by default what the ledger can hold. */
  readonly max?: bigint;
}

/** Longer than any amount: what is longer still isn't even looked at. */
const MAX_LENGTH = 24;

/**
 * An amount that somebody pays, in a JSON body: decimal yuan with at most two decimals as a string there, micro-yuan
 * here. A JSON number is refused, since whoever sends one has counted money in binary fractions. (DESIGN §4)
 *
 * Limits bind what comes in; what goes out must be whole fen.
 */
export function yuanAmount({ min = 1n, max }: YuanAmountOptions = {}) {
  return z.codec(
    z.string({ error: 'must be a string such as "50.00"' }).max(MAX_LENGTH, 'is too long for an amount'),
    z.bigint(),
    {
      decode: (text, context) =>
        valueOrIssue(context, text, () => {
          const micros = parseYuan(text);
          if (micros < min || (max !== undefined && micros > max)) throw new AmountError(rangeOf(min, max));
          return micros;
        }),
      encode: (micros, context) => valueOrIssue(context, micros, () => microsToYuanExact(micros)),
    },
  );
}

function rangeOf(min: bigint, max: bigint | undefined): string {
  if (max === undefined)
    return min === 1n ? 'must be more than zero' : `must be at least ${formatYuan(min)} yuan`;
  return min === 1n
    ? `must be more than zero and at most ${formatYuan(max)} yuan`
    : `must be from ${formatYuan(min)} to ${formatYuan(max)} yuan`;
}

/** An expected outcome for zod is a value (an issue), for this lib an `AmountError`. */
function valueOrIssue<T>(context: z.core.ParsePayload, input: unknown, convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    if (!(error instanceof AmountError)) throw error;
    context.issues.push({ code: 'custom', message: error.message, input });
    return z.NEVER;
  }
}
