const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** China has one time zone and no summer time since 1991. */
const OFFSET_MS = 8 * HOUR_MS;

/** The day in Beijing, `YYYY-MM-DD`, which the channels' bills, earnings and limits go by. */
export function beijingDayOf(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** The hour in Beijing, 0 to 23. */
export function beijingHourOf(at: Date): number {
  return new Date(at.getTime() + OFFSET_MS).getUTCHours();
}

/** From its first moment to the first of the next. */
export function spanOf(day: string): { readonly from: Date; readonly to: Date } {
  const fromMs = Date.parse(`${day}T00:00:00Z`) - OFFSET_MS;
  return { from: new Date(fromMs), to: new Date(fromMs + DAY_MS) };
}

/** Another day, so many days later, or earlier when negative. */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
