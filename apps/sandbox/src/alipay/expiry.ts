import { endOfBeijingDay, parseBeijing } from '../trade/beijing-time.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Alipay keeps an unpaid trade open for 15 days at most, and for that long when it is told nothing. */
const MAX_OPEN_MS = 15 * DAY_MS;

const UNIT_MS = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS } as const;

/**
 * When an unpaid trade closes by itself: `time_expire` (absolute, Beijing time) before `timeout_express` (`1m` to `15d`, or
 * `1c`: the end of today).
 *
 * @returns the moment, which may be in the past; `undefined` for a value in neither form.
 */
export function expiryOf(
  terms: { readonly time_expire?: string | undefined; readonly timeout_express?: string | undefined },
  now: number,
): number | undefined {
  if (terms.time_expire !== undefined) {
    const at = parseBeijing(terms.time_expire);
    return at === undefined || at > now + MAX_OPEN_MS ? undefined : at;
  }
  if (terms.timeout_express === undefined) return now + MAX_OPEN_MS;
  if (terms.timeout_express === '1c') return endOfBeijingDay(now);
  const match = /^([1-9]\d{0,4})([mhd])$/.exec(terms.timeout_express);
  if (!match) return undefined;
  const openMs = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
  return openMs > MAX_OPEN_MS ? undefined : now + openMs;
}
