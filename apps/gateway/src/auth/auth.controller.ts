import { DomainError, identity } from '#libs/contracts';
import { RpcClient } from '#libs/transport';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Endpoint } from '../endpoint/endpoint.decorator.js';
import type { InputOf, OutputOf } from '../endpoint/endpoint.js';
import * as endpoints from './auth.endpoints.js';
import { CallerDevice } from './caller-device.decorator.js';

@ApiTags('Sign-in')
@Controller('v1/auth')
export class AuthController {
  constructor(private readonly services: RpcClient) {}

  @Post('register')
  @Endpoint(endpoints.register)
  async register(
    { body }: InputOf<typeof endpoints.register>,
    @CallerDevice() device: identity.Device,
  ): Promise<endpoints.SignedIn> {
    const displayName = body.displayName ?? nameOf(body.email);
    return signedIn(await this.services.call(identity.register, { ...body, displayName, device }));
  }

  @Post('login')
  @Endpoint(endpoints.login)
  async login(
    { body }: InputOf<typeof endpoints.login>,
    @CallerDevice() device: identity.Device,
  ): Promise<endpoints.SignedIn> {
    return signedIn(await this.services.call(identity.signIn, { ...body, device }));
  }

  @Post('refresh')
  @Endpoint(endpoints.refresh)
  async refresh(
    { body }: InputOf<typeof endpoints.refresh>,
    @CallerDevice() device: identity.Device,
  ): Promise<endpoints.SignedIn> {
    return signedIn(await this.services.call(identity.refresh, { ...body, device }));
  }

  @Post('step-up')
  @Endpoint(endpoints.stepUp)
  async stepUp(
    { body, principal }: InputOf<typeof endpoints.stepUp>,
    @CallerDevice() device: identity.Device,
  ): Promise<OutputOf<typeof endpoints.stepUp>> {
    const { accountId, sessionId } = principal;
    return this.services.call(identity.stepUp, { accountId, sessionId, ...body, device });
  }

  @Post('logout')
  @Endpoint(endpoints.logout)
  async logout({ principal }: InputOf<typeof endpoints.logout>): Promise<void> {
    const { accountId, sessionId } = principal;
    await this.services.call(identity.signOut, { accountId, sessionId });
  }

  @Post('logout-everywhere')
  @Endpoint(endpoints.logoutEverywhere)
  async logoutEverywhere({
    principal,
  }: InputOf<typeof endpoints.logoutEverywhere>): Promise<OutputOf<typeof endpoints.logoutEverywhere>> {
    return this.services.call(identity.signOut, { accountId: principal.accountId });
  }

  @Get('sessions')
  @Endpoint(endpoints.listSessions)
  async listSessions({
    principal,
  }: InputOf<typeof endpoints.listSessions>): Promise<OutputOf<typeof endpoints.listSessions>> {
    const { items } = await this.services.call(identity.listSessions, { accountId: principal.accountId });
    return {
      items: items.map(({ device, ...session }) => ({
        ...session,
        ...device,
        current: session.id === principal.sessionId,
      })),
      nextCursor: null,
    };
  }

  @Delete('sessions/:id')
  @Endpoint(endpoints.endSession)
  async endSession({ params, principal }: InputOf<typeof endpoints.endSession>): Promise<void> {
    const { accountId } = principal;
    const { ended } = await this.services.call(identity.signOut, { accountId, sessionId: params.id });
    if (ended === 0) {
      throw new DomainError('NOT_FOUND', `Session ${params.id} is not a live session of this account`);
    }
  }
}

function signedIn({
  account,
  tokens,
}: {
  account: identity.Account;
  tokens: identity.Tokens;
}): endpoints.SignedIn {
  return { ...tokens, account };
}

/** What stands before the @ is as good a first name for an account as any. */
function nameOf(email: string): string {
  const MAX_DISPLAY_NAME_LENGTH = 80;
  return email.slice(0, email.indexOf('@')).slice(0, MAX_DISPLAY_NAME_LENGTH);
}
