import { DomainError } from '#libs/contracts';
import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { declaredRoutes } from '../endpoint/declared-routes.js';
import { ConsolePages } from './console-pages.js';
import { pathOf } from './path-of.js';

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** What no route has taken: a page of the console, a known address with the wrong method, or nothing at all. */
@Injectable()
export class UnmatchedRequests {
  private readonly knownPaths: readonly KnownPath[];

  constructor(
    modules: ModulesContainer,
    private readonly consolePages: ConsolePages,
  ) {
    this.knownPaths = knownPathsOf(modules);
  }

  /** @returns `answered` when it was a page after all. */
  refuse(request: FastifyRequest, reply: FastifyReply): DomainError | 'answered' {
    const path = pathOf(request);
    const methods = this.knownPaths.find(({ pattern }) => pattern.test(path))?.methods;
    if (methods !== undefined) {
      const allowed = [...methods].sort().join(', ');
      reply.header('allow', allowed);
      return new DomainError('METHOD_NOT_ALLOWED', `${path} takes ${allowed}, not ${request.method}`);
    }
    if (this.consolePages.serve(request, reply)) return 'answered';
    return new DomainError('NOT_FOUND', `Nothing is served at ${path}`);
  }
}

function knownPathsOf(modules: ModulesContainer): KnownPath[] {
  const byPath = new Map<string, Set<string>>();
  for (const { method, path } of declaredRoutes(modules)) {
    const methods = byPath.get(path) ?? new Set();
    byPath.set(path, methods.add(method));
    if (method === 'GET') methods.add('HEAD');
  }
  return [...byPath].map(([path, methods]) => ({
    pattern: new RegExp(`^${path.replaceAll(/:[^/]+/g, '[^/]+')}$`),
    methods,
  }));
}
