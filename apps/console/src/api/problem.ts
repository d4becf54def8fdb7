import type { components } from './schema.gen';
import { serverNow } from './server-clock';

type Problem = components['schemas']['Problem'];

/** The API's codes, and one for when it could not be asked. */
export type ProblemCode = Problem['code'] | 'UNREACHABLE';

export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** A refusal of the API (RFC 9457), or the news that there is no API to be reached. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** By the server's clock: where `retryAfterSeconds` counts from. */
  readonly toldAtMs = serverNow();

  constructor(
    readonly code: ProblemCode,
    /** 0 when nothing answered. */
    readonly status: number,
    readonly detail: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly requestId: string | null = null,
    readonly retryAfterSeconds: number | null = null,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
  }

  static unreachable(cause: unknown): ApiProblem {
    return new ApiProblem('UNREACHABLE', 0, 'The server could not be reached', [], null, null, { cause });
  }

  /** Whether the request may have been carried out all the same. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

/** What a response that is no success says; a proxy's page of HTML is nothing we could show. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  return toProblem(body, response);
}

export function toProblem(body: unknown, response: Response): ApiProblem {
  const problem = isProblem(body) ? body : null;
  return new ApiProblem(
    problem?.code ?? (response.status >= 500 ? 'UNAVAILABLE' : 'INTERNAL'),
    response.status,
    problem?.detail ?? response.statusText,
    problem?.errors ?? [],
    problem?.requestId ?? null,
    retryAfter(response),
  );
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
}

function retryAfter(response: Response): number | null {
  const header = response.headers.get('retry-after');
  return header !== null && /^\d+$/.test(header) ? Number(header) : null;
}
