const OFFSET_MS = 8 * 60 * 60 * 1000;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since 1970 as WeChat Pay writes times: `2026-11-20T09:30:00+08:00`. */
export function formatRfc3339(at: number): string {
  return `${new Date(at + OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}

/** The reverse, in whatever time zone; `undefined` when it is no such time. */
export function parseRfc3339(text: string): number | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return undefined;
  const day = Number(text.slice(8, 10));
  // Date.parse takes the 31st of February and turns it into March.
  return new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`)).getUTCDate() === day ? at : undefined;
}
