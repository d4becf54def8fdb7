import { createParamDecorator, HttpCode, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { describeEndpoint } from '../openapi/describe-endpoint.js';
import type { EndpointDefinition, InputOf, OutputOf } from './endpoint.js';
import { parseInput } from './parse-input.js';

const ENDPOINT_METADATA = 'clearbid:endpoint';

const Input = createParamDecorator((_data: unknown, context: ExecutionContext): unknown => {
  const definition = endpointOf(context.getHandler());
  if (definition === undefined) throw new Error(`${context.getHandler().name} has no @Endpoint`);
  return parseInput(definition, context.switchToHttp().getRequest<FastifyRequest>());
});

/** A handler that takes what the endpoint parses and returns what it encodes; anything else does not compile. */
type HandlerOf<E extends EndpointDefinition> = (input: InputOf<E>, ...rest: never[]) => Promise<OutputOf<E>>;

/**
 * Declares a route; beside it stands Nest's `@Get`, `@Post` … The handler's first parameter is what the declaration
 * parses of the request ({@link InputOf}), its result is encoded by the declared response.
 */
export function Endpoint<E extends EndpointDefinition>(definition: E) {
  return <Handler extends HandlerOf<E>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<Handler>,
  ): void => {
    const decorators = [
      SetMetadata(ENDPOINT_METADATA, definition),
      HttpCode(definition.status),
      RouteConfig({
        rawBody: definition.parts.rawBody !== undefined,
        bodyLimitBytes: definition.parts.bodyLimitBytes,
      }),
      ...describeEndpoint(definition, key),
    ];
    for (const decorate of decorators) decorate(target, key, descriptor);
    Input()(target, key, 0);
  };
}

/** The declaration of a handler, if it has one. */
export function endpointOf(handler: object): EndpointDefinition | undefined {
  return Reflect.getMetadata(ENDPOINT_METADATA, handler) as EndpointDefinition | undefined;
}
