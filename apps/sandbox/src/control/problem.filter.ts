import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { HttpReply } from '../http/http-reply.js';
import { Log } from '#libs/service';
import { Problem } from './problem.js';

/** Everything that is thrown leaves as a problem document; what nobody foresaw is logged, and not shown. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = toProblem(error);
    if (problem.code === 'INTERNAL') this.log.error({ err: error }, 'A request failed');
    host
      .switchToHttp()
      .getResponse<HttpReply>()
      .status(problem.status)
      .header('content-type', 'application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem.toDocument()));
  }
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
  if (status === 404) return new Problem('NOT_FOUND', (error as Error).message);
  // The framework's own refusals: a body that is no JSON, too large, of an unknown type.
  if (status !== undefined && status < 500) {
    return new Problem('REQUEST_REFUSED', (error as Error).message, undefined, status);
  }
  return new Problem('INTERNAL', 'The sandbox failed at this request; its log says why');
}

function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && error instanceof Error ? status : undefined;
}
