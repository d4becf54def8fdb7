import type { FastifyRequest } from 'fastify';

/** The path that was asked for, without its query: queries may carry what belongs in no log. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
