import { deadlineIn, type CallContext } from '#libs/transport';
import type { FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What every call to a service carries of this request. */
export function callContextOf(request: FastifyRequest, { environment }: GatewayConfig): CallContext {
  const { traceparent } = request.headers;
  return {
    requestId: request.id,
    deadlineAt: deadlineIn(environment.REQUEST_TIMEOUT_MS),
    ...(request.principal === undefined ? {} : { principal: request.principal }),
    ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) ? { traceparent } : {}),
  };
}
