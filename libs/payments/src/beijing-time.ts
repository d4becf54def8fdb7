/** Alipay's clock: UTC+8 all year, since China has no daylight saving time. */
const OFFSET_MS = 8 * 60 * 60 * 1_000;

/** `yyyy-MM-dd HH:mm:ss` in Beijing. */
export function toBeijingTime(date: Date): string {
  return new Date(date.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** @returns undefined when the text is no such time. */
export function fromBeijingTime(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text.replace(' ', 'T')}+08:00`);
  if (Number.isNaN(date.getTime())) return undefined;
  // `Date` takes the 30th of February for the 2nd of March: a moment that nobody named.
  return toBeijingTime(date) === text ? date : undefined;
}
