import { runInContext } from '#libs/transport';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';
import { GatewayConfig } from '../gateway.config.js';
import { callContextOf } from '../http/call-context-of.js';
import { encodeOutput } from './encode-output.js';
import { endpointOf } from './endpoint.decorator.js';

/** Runs every handler with its caller's identity and request id, and encodes what it returns. */
@Injectable()
export class EndpointInterceptor implements NestInterceptor {
  constructor(private readonly config: GatewayConfig) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const output: unknown = await runInContext(callContextOf(request, this.config), () =>
      lastValueFrom(next.handle()),
    );
    const definition = endpointOf(context.getHandler());
    return of(definition === undefined ? output : encodeOutput(definition, output));
  }
}
