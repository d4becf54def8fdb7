import { DomainError, type identity } from '#libs/contracts';
import { STEP_UP_TOKEN } from '#libs/sessions';
import { runInContext } from '#libs/transport';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { endpointOf } from '../endpoint/endpoint.decorator.js';
import type { EndpointDefinition } from '../endpoint/endpoint.js';
import { callContextOf } from '../http/call-context-of.js';
import { GatewayConfig } from '../gateway.config.js';
import { AccessTokens } from './access-tokens.js';
import { Authenticator } from './authenticator.js';
import { RateLimits } from './rate-limits.js';
import { StepUpTokens } from './step-up-tokens.js';
import './request-principal.js';

/** The door: limits, then who calls, then whether they may, then whether it is really them. A handler without a declaration lets nobody in. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly limits: RateLimits,
    private readonly tokens: AccessTokens,
    private readonly authenticator: Authenticator,
    private readonly stepUps: StepUpTokens,
    private readonly config: GatewayConfig,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const definition = endpointOf(context.getHandler());
    if (definition === undefined) return false;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { permission } = definition.parts;
    if (permission === 'public') {
      await this.limits.admitAddress(request.ip, definition.rateLimit);
      return true;
    }
    const principal = await runInContext(callContextOf(request, this.config), () =>
      this.admit(request, definition),
    );
    if (!principal.permissions.includes(permission)) {
      throw new DomainError(
        'FORBIDDEN',
        `This needs the permission ${permission}, which this account does not have`,
      );
    }
    if (definition.parts.stepUp === true) {
      await this.stepUps.require(request.headers[STEP_UP_TOKEN.header], principal);
    }
    request.principal = principal;
    return true;
  }

  /** All that is asked of Redis goes out in one round trip. */
  private async admit(
    request: FastifyRequest,
    { rateLimit }: EndpointDefinition,
  ): Promise<identity.Principal> {
    const [principal] = await Promise.all([
      this.authenticate(request.headers.authorization),
      this.limits.admitAddress(request.ip, rateLimit),
    ]);
    return principal;
  }

  private async authenticate(authorization: string | undefined): Promise<identity.Principal> {
    const claims = await this.tokens.verify(authorization);
    const [principal] = await Promise.all([
      this.authenticator.principalOf(claims),
      this.limits.admitAccount(claims.sub),
    ]);
    return principal;
  }
}
