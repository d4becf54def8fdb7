import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ApiAnswer } from '#libs/testing';

type Json = Record<string, unknown>;

interface DocumentedResponse {
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const ID = 'openapi';

/**
 * Holds every answer against the gateway's own OpenAPI document: a status, a content type or a field that the document
 * does not tell of is a fault as much as a value that breaks its schema.
 */
export class OpenApiCheck {
  /** What did not fit, in words. */
  readonly faults: string[] = [];
  /** `GET /v1/recharges 200` and so on: which documented answers were seen. */
  readonly seen = new Set<string>();
  private readonly ajv: Ajv2020;
  private readonly validators = new Map<string, ValidateFunction>();

  private constructor(private readonly document: Document) {
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(this.ajv);
    this.ajv.addSchema({ $id: ID, ...closed(document) });
  }

  static async of(gatewayUrl: string): Promise<OpenApiCheck> {
    const response = await fetch(`${gatewayUrl}/openapi.json`);
    return new OpenApiCheck((await response.json()) as Document);
  }

  /** To be called with every answer: `stack.api({ onAnswer: openapi.check })`. */
  readonly check = (answer: ApiAnswer): void => {
    const fault = this.faultOf(answer);
    if (fault !== undefined) this.faults.push(`${answer.method} ${answer.path} → ${answer.status}: ${fault}`);
  };

  private faultOf({ method, path, status, contentType, body, text }: ApiAnswer): string | undefined {
    const template = this.templateOf(path.replace(/\?.*$/s, ''), method.toLowerCase());
    if (template === undefined) return 'no such route is documented';
    const response = this.document.paths[template]?.[method.toLowerCase()]?.responses[status];
    if (response === undefined) return 'no answer of this status is documented';
    this.seen.add(`${method} ${template} ${status}`);
    const mediaType = contentType.replace(/;.*$/s, '');
    if (response.content === undefined) return text === '' ? undefined : 'a body where none is documented';
    if (response.content[mediaType] === undefined) return `the content type ${mediaType} is not documented`;
    const pointer = [
      'paths',
      template,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      mediaType,
      'schema',
    ];
    const validate = this.validatorAt(pointer);
    return validate(body) ? undefined : `${this.ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`;
  }

  private templateOf(path: string, method: string): string | undefined {
    return Object.keys(this.document.paths)
      .filter((template) => this.document.paths[template]?.[method] !== undefined)
      .sort((one, other) => one.split('{').length - other.split('{').length)
      .find((template) => new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`).test(path));
  }

  private validatorAt(pointer: readonly string[]): ValidateFunction {
    const reference = `${ID}#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const known = this.validators.get(reference) ?? this.ajv.compile({ $ref: reference });
    this.validators.set(reference, known);
    return known;
  }
}

/** The document with every object that lists its fields closed to others; parts of an `allOf` can't be. */
function closed(document: Document): Document {
  const close = (value: unknown, isPart = false): unknown => {
    if (Array.isArray(value)) return value.map((item) => close(item, isPart));
    if (typeof value !== 'object' || value === null) return value;
    const copy: Json = Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, close(item, key === 'allOf')]),
    );
    const listsFields = copy['type'] === 'object' && copy['properties'] !== undefined;
    if (listsFields && !isPart && copy['additionalProperties'] === undefined)
      copy['additionalProperties'] = false;
    return copy;
  };
  return close(document) as Document;
}
