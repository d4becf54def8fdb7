import { identity, type RequestOf, type ResponseOf } from '#libs/contracts';
import { Rpc, currentContext, newRequestId } from '#libs/transport';
import { Controller } from '@nestjs/common';
import { requireOwner } from '../caller.js';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Rpc(identity.refresh)
  refresh(request: RequestOf<typeof identity.refresh>): Promise<ResponseOf<typeof identity.refresh>> {
    const requestId = currentContext()?.requestId ?? newRequestId();
    return this.sessions.refresh(request.refreshToken, request.device, requestId);
  }

  /** No owner to check: this is how the gateway finds out who asks. */
  @Rpc(identity.resolveSession)
  resolveSession({ sessionId }: RequestOf<typeof identity.resolveSession>): Promise<identity.Principal> {
    return this.sessions.resolve(sessionId);
  }

  @Rpc(identity.listSessions)
  async listSessions({
    accountId,
  }: RequestOf<typeof identity.listSessions>): Promise<ResponseOf<typeof identity.listSessions>> {
    requireOwner(accountId);
    return { items: await this.sessions.list(accountId) };
  }

  @Rpc(identity.signOut)
  async signOut({
    accountId,
    sessionId,
  }: RequestOf<typeof identity.signOut>): Promise<ResponseOf<typeof identity.signOut>> {
    requireOwner(accountId);
    return { ended: await this.sessions.end(accountId, sessionId) };
  }
}
