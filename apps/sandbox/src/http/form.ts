/** A form body or query string, decoded once. Where a name comes twice, the first value counts. */
export function parseForm(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (!fields.has(name)) fields.set(name, value);
  }
  return fields;
}

/** The query string of a request's URL. */
export function queryOf(url: string): Map<string, string> {
  const at = url.indexOf('?');
  return parseForm(at < 0 ? '' : url.slice(at + 1));
}
