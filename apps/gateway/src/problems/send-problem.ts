import type { DomainError } from '#libs/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/path-of.js';
import { PROBLEM_MEDIA_TYPE } from './problem.js';
import { problemOf, retryAfterSeconds } from './problem-of.js';

export function sendProblem(refusal: DomainError, request: FastifyRequest, reply: FastifyReply): void {
  // Said again here: an address that is no address is refused before any hook has run.
  void reply.header('x-request-id', request.id);
  const retryAfter = retryAfterSeconds(refusal);
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  if (refusal.status === 401) void reply.header('www-authenticate', 'Bearer');
  const problem = problemOf(refusal, { path: pathOf(request), requestId: request.id });
  void reply.status(refusal.status).type(PROBLEM_MEDIA_TYPE).send(problem);
}
