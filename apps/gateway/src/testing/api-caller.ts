export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else as text. */
  readonly body: unknown;
}

export interface ApiRequest {
  readonly token?: string;
  /** Sent as JSON unless it is text already. */
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** One request over HTTP, as a client outside would make it. */
export async function callApi(
  url: string,
  route: `${string} /${string}`,
  request: ApiRequest = {},
): Promise<ApiAnswer> {
  const [method = 'GET', path = '/'] = route.split(' ');
  const { token, body, headers } = request;
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const answer = await fetch(url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answered = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(answered) : answered };
}
