/** China keeps one time, eight hours ahead of UTC, without summer time. */
const OFFSET_MS = 8 * 60 * 60 * 1000;
const PATTERN = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2})(?::(\d{2}))?$/;

/** Milliseconds since 1970 as Alipay writes times: `2026-11-20 09:30:00`, Beijing time. */
export function formatBeijing(at: number): string {
  return new Date(at + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The reverse; `undefined` when it is no such time. Seconds may be missing, as Alipay allows in `time_expire`. */
export function parseBeijing(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '00'] = match;
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // Date.UTC takes the 31st of February and turns it into March.
  const readBack = new Date(at).toISOString().slice(0, 19);
  return readBack === `${year}-${month}-${day}T${hour}:${minute}:${second}` ? at - OFFSET_MS : undefined;
}

/** The end of the present day in Beijing. */
export function endOfBeijingDay(now: number): number {
  const day = 24 * 60 * 60 * 1000;
  return Math.floor((now + OFFSET_MS) / day) * day + day - OFFSET_MS;
}
