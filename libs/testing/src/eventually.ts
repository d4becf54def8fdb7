import { setTimeout as delay } from 'node:timers/promises';

const DEFAULT_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 10;

/**
 * Waits until a condition holds. What is thrown while looking counts as "not yet".
 *
 * @param what said in the error when it never holds: "the order is credited"
 * @returns what the condition gave, once it is neither false nor undefined nor null
 */
export async function eventually<T>(
  what: string,
  condition: () => T | Promise<T>,
  { withinMs = DEFAULT_WITHIN_MS, everyMs = LOOK_EVERY_MS }: { withinMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const until = performance.now() + withinMs;
  let reason: unknown;
  while (performance.now() < until) {
    try {
      const result = await condition();
      if (result !== false && result !== undefined && result !== null)
        return result as NonNullable<Exclude<T, false>>;
    } catch (error) {
      reason = error;
    }
    await delay(everyMs);
  }
  throw new Error(`Not within ${withinMs} ms: ${what}`, { cause: reason });
}
