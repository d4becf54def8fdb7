import { errorTable, type CommonErrorCode, type ErrorCode } from '#libs/contracts';
import { STEP_UP_TOKEN } from '#libs/sessions';
import {
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiSecurity,
} from '@nestjs/swagger';
import type { z } from 'zod';
import {
  isVerbatim,
  type EndpointDefinition,
  type RateLimitClass,
  type Verbatim,
} from '../endpoint/endpoint.js';
import { problem, PROBLEM_MEDIA_TYPE } from '../problems/problem.js';
import { wireSchema } from './wire-schema.js';

/** The name of the security scheme in the document. */
export const BEARER = 'bearer';

const OF_ANY_SERVICE = ['RATE_LIMITED', 'INTERNAL', 'UNAVAILABLE', 'OVERLOADED', 'TIMEOUT'] as const;

/** What any route of a kind may refuse. A channel that can't be served gets a word of its own protocol instead. */
const COMMON_ERRORS: Readonly<Record<RateLimitClass, readonly CommonErrorCode[]>> = {
  normal: OF_ANY_SERVICE,
  'sign-in': OF_ANY_SERVICE,
  channel: ['RATE_LIMITED', 'INTERNAL'],
  unlimited: ['INTERNAL'],
};

const STEP_UP_HEADER = {
  name: STEP_UP_TOKEN.header,
  // Without it the answer is a refusal that says how to get one, so a client may well try first.
  required: false,
  description:
    'The token of `POST /v1/auth/step-up`, of this very session. Without one: 403 `STEP_UP_REQUIRED`.',
  schema: { type: 'string' as const },
};

type Schema = Record<string, unknown>;

/** The OpenAPI metadata of a route, derived from the schemas that parse and encode it. */
export function describeEndpoint(definition: EndpointDefinition, operationId: string): MethodDecorator[] {
  const { parts } = definition;
  const isPublic = parts.permission === 'public';
  return [
    ApiOperation({
      operationId,
      summary: parts.summary,
      ...descriptionOf(definition),
    }),
    ...(isPublic ? [] : [ApiSecurity(BEARER)]),
    ...describeRequest(definition),
    describeSuccess(definition),
    ...describeOthers(definition),
    ...describeProblems(definition),
  ];
}

function descriptionOf({ parts }: EndpointDefinition): { description?: string } {
  const access = parts.permission === 'public' ? undefined : `Permission: \`${parts.permission}\`.`;
  const paragraphs = [parts.description, access].filter((paragraph) => paragraph !== undefined);
  return paragraphs.length === 0 ? {} : { description: paragraphs.join('\n\n') };
}

function describeRequest({ parts, schemas }: EndpointDefinition): MethodDecorator[] {
  const decorators: MethodDecorator[] = [];
  for (const field of fieldsOf(schemas.params)) decorators.push(ApiParam({ ...field, required: true }));
  for (const field of fieldsOf(schemas.query)) decorators.push(ApiQuery(field));
  for (const field of fieldsOf(schemas.headers)) decorators.push(ApiHeader(field));
  if (parts.stepUp === true) decorators.push(ApiHeader(STEP_UP_HEADER));
  if (parts.body !== undefined) {
    decorators.push(ApiBody({ required: true, schema: wireSchema(schemas.body) }));
  }
  if (parts.rawBody !== undefined) {
    const { contentType, description } = parts.rawBody;
    decorators.push(
      ApiConsumes(contentType),
      ApiBody({ required: true, description, schema: { type: 'string' } }),
    );
  }
  return decorators;
}

interface Field {
  name: string;
  required: boolean;
  schema: Schema;
  description?: string;
}

function fieldsOf(schema: z.ZodObject): Field[] {
  const { properties = {}, required = [] } = wireSchema(schema) as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    required: required.includes(name),
    schema: property,
    ...(typeof description === 'string' ? { description } : {}),
  }));
}

function describeSuccess({ parts, status }: EndpointDefinition): MethodDecorator {
  const { response } = parts;
  if (response === undefined) return ApiResponse({ status, description: 'Done' });
  if (isVerbatim(response)) return describeVerbatim(status, response);
  return ApiResponse({ status, description: 'Done', content: json(wireSchema(response)) });
}

function describeOthers({ parts }: EndpointDefinition): MethodDecorator[] {
  return Object.entries(parts.otherResponses ?? {}).map(([status, response]) => {
    if (isVerbatim(response)) return describeVerbatim(Number(status), response);
    const { description, schema } = response;
    return ApiResponse({ status: Number(status), description, content: json(wireSchema(schema)) });
  });
}

function describeVerbatim(status: number, { contentType, description }: Verbatim): MethodDecorator {
  // JSON that goes through untouched is still JSON to whoever reads it.
  const type = contentType === 'application/json' ? 'object' : 'string';
  return ApiResponse({ status, description, content: { [contentType]: { schema: { type } } } });
}

/** One response a status, which lists the codes that it may carry. */
function describeProblems(definition: EndpointDefinition): MethodDecorator[] {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(definition)) {
    const { status } = errorTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus]
    .sort(([left], [right]) => left - right)
    .map(([status, codes]) => {
      const schema = {
        allOf: [wireSchema(problem), { type: 'object', properties: { code: { enum: codes } } }],
      };
      return ApiResponse({
        status,
        description: codes.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('  \n'),
        content: { [PROBLEM_MEDIA_TYPE]: { schema } },
      });
    });
}

/** Every refusal that a caller of this route may meet. */
export function errorsOf({ parts, rateLimit }: EndpointDefinition): ErrorCode[] {
  const codes: ErrorCode[] = [
    // Also where nothing is taken: a query that nobody reads is refused, not ignored.
    'VALIDATION_FAILED',
    ...(parts.permission === 'public' ? [] : (['UNAUTHENTICATED', 'SESSION_ENDED', 'FORBIDDEN'] as const)),
    ...(parts.stepUp === true ? (['STEP_UP_REQUIRED'] as const) : []),
    ...(parts.body === undefined ? [] : (['UNSUPPORTED_MEDIA_TYPE'] as const)),
    ...(parts.body === undefined && parts.rawBody === undefined ? [] : (['PAYLOAD_TOO_LARGE'] as const)),
    ...(parts.errors ?? []),
    ...COMMON_ERRORS[rateLimit],
  ];
  return [...new Set(codes)];
}

function json(schema: Schema): Record<string, { schema: Schema }> {
  return { 'application/json': { schema } };
}
