import { DomainError, identity } from '#libs/contracts';
import { SessionStore, type AccessTokenClaims } from '#libs/sessions';
import { Log } from '#libs/service';
import { RpcClient } from '#libs/transport';
import { Injectable } from '@nestjs/common';

/** Who a verified token speaks for now: its session must still be alive. */
@Injectable()
export class Authenticator {
  /** One question to identity a session, however many requests of it are waiting: after FLUSHALL all come at once. */
  private readonly resolving = new Map<string, Promise<identity.Principal>>();

  constructor(
    private readonly sessions: SessionStore,
    private readonly services: RpcClient,
    private readonly log: Log,
  ) {}

  /** @throws DomainError SESSION_ENDED, UNAUTHENTICATED or UNAVAILABLE */
  async principalOf({ sid, sub }: AccessTokenClaims): Promise<identity.Principal> {
    const principal = (await this.lookUp(sid)) ?? (await this.resolve(sid));
    if (principal === 'ended') {
      throw new DomainError('SESSION_ENDED', 'This session has ended: sign in again');
    }
    if (principal.accountId !== sub) {
      throw new DomainError('UNAUTHENTICATED', 'The access token belongs to another session: sign in again');
    }
    return principal;
  }

  private async lookUp(sessionId: string): Promise<identity.Principal | 'ended' | null> {
    try {
      return await this.sessions.get(sessionId);
    } catch (error) {
      this.log.warn({ err: error }, 'The session could not be looked up');
      throw new DomainError('UNAVAILABLE', 'Sessions can not be looked up right now');
    }
  }

  private resolve(sessionId: string): Promise<identity.Principal> {
    const running = this.resolving.get(sessionId);
    if (running !== undefined) return running;
    const started = this.services
      .call(identity.resolveSession, { sessionId })
      .finally(() => this.resolving.delete(sessionId));
    this.resolving.set(sessionId, started);
    return started;
  }
}
