import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { endpointOf } from './endpoint.decorator.js';
import type { EndpointDefinition } from './endpoint.js';

export interface DeclaredRoute {
  readonly method: string;
  /** With `:name` for parameters. */
  readonly path: string;
  readonly definition: EndpointDefinition;
}

/**
 * Every route of the application with its declaration.
 * @throws when a route has none: nobody has said who may call it, so nobody may, and that is found out at boot
 */
export function declaredRoutes(modules: ModulesContainer): DeclaredRoute[] {
  const undeclared: string[] = [];
  const routes: DeclaredRoute[] = [];
  for (const { controller, handler, method, path } of handlersOf(modules)) {
    const definition = endpointOf(handler);
    if (definition === undefined) undeclared.push(`${method} ${path} (${controller}.${handler.name})`);
    else routes.push({ method, path, definition });
  }
  if (undeclared.length > 0) {
    throw new Error(
      `These routes declare neither a permission nor that they are public: ${undeclared.join(', ')}`,
    );
  }
  return routes;
}

interface Handler {
  readonly controller: string;
  readonly handler: { readonly name: string };
  readonly method: string;
  readonly path: string;
}

function handlersOf(modules: ModulesContainer): Handler[] {
  const controllers = [...modules.values()].flatMap((module) => [...module.controllers.values()]);
  return controllers.flatMap(({ metatype }) => (metatype === null ? [] : handlersIn(metatype)));
}

function handlersIn(controller: { readonly name: string; readonly prototype?: unknown }): Handler[] {
  const prototype = controller.prototype as Record<string, { readonly name: string } | undefined>;
  const prefixes = listOf(Reflect.getMetadata(PATH_METADATA, controller));
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((key) => {
    const handler = prototype[key];
    if (handler === undefined || !Reflect.hasMetadata(METHOD_METADATA, handler)) return [];
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
    const paths = listOf(Reflect.getMetadata(PATH_METADATA, handler));
    return prefixes
      .flatMap((prefix) => paths.map((path) => `${prefix}/${path}`))
      .map((path) => ({
        controller: controller.name,
        handler,
        method,
        path: `/${path.split('/').filter(Boolean).join('/')}`,
      }));
  });
}

function listOf(paths: unknown): string[] {
  return Array.isArray(paths) ? paths.map(String) : [typeof paths === 'string' ? paths : ''];
}
