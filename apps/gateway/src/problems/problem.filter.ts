import type { DomainError } from '#libs/contracts';
import { Log } from '#libs/service';
import { Catch, Injectable, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../http/path-of.js';
import { UnmatchedRequests } from '../http/unmatched-requests.js';
import { refusalOf } from './problem-of.js';
import { sendProblem } from './send-problem.js';

/** The one place where an error becomes an HTTP answer. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly unmatched: UnmatchedRequests,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    // A handler that failed after it began to answer: nothing can be said any more, only cut off.
    if (reply.sent) return;
    const refusal = request.is404 ? this.unmatched.refuse(request, reply) : refusalOf(error);
    if (refusal === 'answered') return;
    this.tell(refusal, error, request);
    sendProblem(refusal, request, reply);
  }

  private tell(refusal: DomainError, error: unknown, request: FastifyRequest): void {
    if (refusal.status < 500) return;
    const fields = { requestId: request.id, method: request.method, path: pathOf(request) };
    if (refusal.code === 'INTERNAL') {
      this.log.error({ ...fields, err: error }, 'A request failed unexpectedly');
    } else {
      this.log.warn(
        { ...fields, code: refusal.code, reason: refusal.message },
        'A request could not be served',
      );
    }
  }
}
