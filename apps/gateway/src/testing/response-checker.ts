import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Record<string, unknown>;

interface Operation {
  readonly responses: Record<string, { content?: Record<string, { schema: Json }> }>;
}

export interface OpenApiDocument {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Json };
}

/**
 * Compares real answers with what the OpenAPI document says of them. Stricter than the document: a field that it
 * does not mention is a fault too, since a client would never learn of it.
 */
export class ResponseChecker {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly seen = new Set<string>();

  constructor(private readonly document: OpenApiDocument) {
    formats.default(this.ajv);
    this.ajv.addSchema({ $id: 'api', ...(closed({ components: document.components }) as Json) });
  }

  /** @returns what is wrong with the answer; nothing when it is as documented */
  check(method: string, path: string, answer: { status: number; headers: Headers; body: unknown }): string[] {
    const route = this.routeOf(method, path);
    if (route === undefined) return [`${method} ${path} is not documented`];
    const response = route.operation.responses[answer.status];
    if (response === undefined) return [`${route.name} answers ${answer.status}, which is not documented`];
    this.seen.add(`${route.name} ${answer.status}`);
    if (response.content === undefined)
      return answer.body === '' ? [] : [`${route.name} answers with a body`];
    const type = (answer.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const content = response.content[type];
    if (content === undefined)
      return [`${route.name} ${answer.status} answers as "${type}", which is not documented`];
    const validate = this.ajv.compile(absolute(closed(content.schema)) as Json);
    if (validate(answer.body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${route.name} ${answer.status}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  /** The documented answers of this status class that no answer has shown yet. */
  unseen(matches: (status: number) => boolean): string[] {
    return this.routes()
      .flatMap(({ name, operation }) => Object.keys(operation.responses).map((status) => ({ name, status })))
      .filter(({ name, status }) => matches(Number(status)) && !this.seen.has(`${name} ${status}`))
      .map(({ name, status }) => `${name} ${status}`);
  }

  private routes() {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
        operation,
      })),
    );
  }

  private routeOf(method: string, path: string) {
    const [withoutQuery = path] = path.split('?', 1);
    return this.routes().find((route) => route.method === method && route.pattern.test(withoutQuery));
  }
}

/** Refuses fields that a schema does not mention; in `allOf`, the parts describe one object together. */
function closed(value: unknown, isPart = false): unknown {
  if (Array.isArray(value)) return value.map((item) => closed(item, isPart));
  if (typeof value !== 'object' || value === null) return value;
  const visited = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, closed(item, key === 'allOf')]),
  );
  const describesFields = 'properties' in visited && visited.type === 'object';
  return describesFields && !isPart ? { additionalProperties: false, ...visited } : visited;
}

function absolute(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/components/', '"api#/components/'));
}
