/** A body that is no JSON; the framework's way of saying 400. */
class NotJsonError extends Error {
  readonly statusCode = 400;
}

/**
 * Parses JSON, but for the paths that verify a signature over the bytes: there the handler reads the raw body, and what is
 * no JSON is refused in the channel's own words.
 */
export function parseJsonBody(url: string, body: Buffer): unknown {
  if (url.startsWith('/v3/')) return undefined;
  try {
    return body.length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as unknown);
  } catch {
    throw new NotJsonError('The body is no JSON');
  }
}
