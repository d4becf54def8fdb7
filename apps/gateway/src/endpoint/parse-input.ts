import { DomainError, type FieldError } from '#libs/contracts';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { EndpointDefinition } from './endpoint.js';
import '../access/request-principal.js';
import { fieldErrorsOf, parseOptions } from './field-errors.js';

type ParsedPart = Record<string, unknown> | Buffer;

/**
 * Every declared part of a request, parsed.
 * @throws DomainError VALIDATION_FAILED that names every offending field of every part at once
 */
export function parseInput(definition: EndpointDefinition, request: FastifyRequest): unknown {
  const { schemas, parts } = definition;
  const errors: FieldError[] = [];
  const input = {
    params: parsePart(schemas.params, request.params, errors),
    query: parsePart(schemas.query, request.query, errors),
    headers: parts.headers === undefined ? {} : parsePart(schemas.headers, request.headers, errors),
    body: parseBody(definition, request.body, errors),
    principal: request.principal,
  };
  if (errors.length > 0) {
    const fields = errors.map((error) => error.field).join(', ');
    throw new DomainError('VALIDATION_FAILED', `Correct these fields and send the request again: ${fields}`, {
      errors,
    });
  }
  return input;
}

function parseBody(definition: EndpointDefinition, body: unknown, errors: FieldError[]): ParsedPart {
  if (definition.parts.rawBody !== undefined) return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  // A route that takes no body is called with none, or with `{}` by clients that always send one.
  if (body === undefined && definition.parts.body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    errors.push({ field: 'body', message: 'must be a JSON object' });
    return {};
  }
  return parsePart(definition.schemas.body, body, errors);
}

function parsePart(schema: z.ZodObject, value: unknown, errors: FieldError[]): ParsedPart {
  const parsed = schema.safeParse(value ?? {}, parseOptions);
  if (parsed.success) return parsed.data;
  errors.push(...fieldErrorsOf(parsed.error.issues));
  return {};
}
