import type { ErrorCode, identity } from '#libs/contracts';
import type { StreamableFile } from '@nestjs/common';
import { z } from 'zod';

/** Who may call: the holders of one permission, or anybody at all. */
export type Access = identity.Permission | 'public';

/** Which limits count a request: `sign-in` is strict, `channel` generous and without accounts. */
export type RateLimitClass = 'normal' | 'sign-in' | 'channel' | 'unlimited';

type Shape = Readonly<Record<string, z.ZodType>>;

/** An answer or a body that is no JSON and goes through untouched. */
export interface Verbatim {
  readonly contentType: string;
  readonly description: string;
}

/** An answer with a body of its own that is neither the success nor a problem document. */
export type OtherResponse = Verbatim | { readonly description: string; readonly schema: z.ZodType };

/** What the author of a route declares, in one place: who may call it, what it takes, what it gives. */
export interface EndpointParts {
  readonly permission: Access;
  readonly summary: string;
  readonly description?: string;
  /** Of a success. Unless told: 200, or 204 where there is no response. */
  readonly status?: number;
  readonly params?: Shape;
  readonly query?: Shape;
  /** Only these headers are looked at; names in lower case. */
  readonly headers?: Shape;
  readonly body?: Shape;
  /** Instead of `body`: the bytes as they came, whatever content type the caller gave them. */
  readonly rawBody?: Verbatim;
  /** How long the body may be, where it carries a file; everywhere else the gateway's own limit counts. */
  readonly bodyLimitBytes?: number;
  /** Its wire side is what a client sees: amounts as decimal strings, times as ISO 8601. */
  readonly response?: z.ZodType | Verbatim;
  readonly otherResponses?: Readonly<Record<number, OtherResponse>>;
  /** What this route itself may refuse; what any route may refuse is added to it. */
  readonly errors?: readonly ErrorCode[];
  readonly rateLimit?: RateLimitClass;
  /** Not without the password, shown again in this session: what a stolen session must not be enough for. */
  readonly stepUp?: boolean;
}

/** A declared route with its schemas built once, at boot. Every part refuses fields that it does not know. */
export interface EndpointDefinition<Parts extends EndpointParts = EndpointParts> {
  readonly parts: Parts;
  readonly status: number;
  readonly rateLimit: RateLimitClass;
  readonly schemas: {
    readonly params: z.ZodObject;
    readonly query: z.ZodObject;
    readonly headers: z.ZodObject;
    readonly body: z.ZodObject;
  };
}

/** A part that was not declared: nothing can be read from it. */
type Nothing = Readonly<Record<string, never>>;

type Parsed<S> = S extends Shape ? { readonly [Field in keyof S]: z.output<S[Field]> } : Nothing;

/** What a handler is given: every part parsed, and the caller unless the route is public. */
export type InputOf<E extends EndpointDefinition> = {
  readonly params: Parsed<E['parts']['params']>;
  readonly query: Parsed<E['parts']['query']>;
  readonly headers: Parsed<E['parts']['headers']>;
  readonly body: E['parts']['rawBody'] extends Verbatim ? Buffer : Parsed<E['parts']['body']>;
  readonly principal: E['parts']['permission'] extends 'public' ? undefined : identity.Principal;
};

/** What a handler returns, before it is encoded. */
export type OutputOf<E extends EndpointDefinition> = E['parts']['response'] extends z.ZodType
  ? z.output<E['parts']['response']>
  : E['parts']['response'] extends Verbatim
    ? string | Buffer | StreamableFile
    : void;

export function endpoint<const Parts extends EndpointParts>(parts: Parts): EndpointDefinition<Parts> {
  return {
    parts,
    status: parts.status ?? (parts.response === undefined ? 204 : 200),
    rateLimit: parts.rateLimit ?? 'normal',
    schemas: {
      params: z.strictObject(parts.params ?? {}),
      query: z.strictObject(parts.query ?? {}),
      headers: z.object(parts.headers ?? {}),
      body: z.strictObject(parts.body ?? {}),
    },
  };
}

export function isVerbatim(response: object | undefined): response is Verbatim {
  return response !== undefined && 'contentType' in response;
}
