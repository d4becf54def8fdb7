import type { identity } from '#libs/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const MAX_USER_AGENT_LENGTH = 400;

/** Where a sign-in comes from: shown in the list of devices, proves nothing. */
export const CallerDevice = createParamDecorator(
  (_data: unknown, context: ExecutionContext): identity.Device => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return {
      userAgent: (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT_LENGTH),
      address: request.ip,
    };
  },
);
