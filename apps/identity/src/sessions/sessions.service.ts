import { DomainError, type identity } from '#libs/contracts';
import { Database } from '#libs/database';
import { Log } from '#libs/service';
import { ACCESS_TOKEN, SessionStore } from '#libs/sessions';
import { Injectable } from '@nestjs/common';
import { AccountsService } from '../accounts/accounts.service.js';
import { Clock } from '../clock.js';
import { IdentityIds } from '../ids/identity-ids.js';
import { AccessTokenSigner } from '../tokens/access-token-signer.js';
import { RefreshRotationService } from '../tokens/refresh-rotation.service.js';
import { RefreshTokenSuccession, newRefreshToken } from '../tokens/refresh-token.js';
import { RefreshTokensRepository } from '../tokens/refresh-tokens.repository.js';
import { sessionExpiry } from './session-lifetime.js';
import { SessionsRepository, type EndReason, type SessionRecord } from './sessions.repository.js';

/**
 * Sessions: MySQL is the truth, Redis makes it fast to ask.
 *
 * Every change is committed in MySQL first and told to Redis second. What a crash in between leaves behind:
 * - start, refresh: Redis doesn't know the session, or holds it a little too short. Whoever asks gets null and comes
 *   here with `resolve`, which puts it there.
 * - end: Redis still holds the session as live. No new access token is issued for it (that needs MySQL), so it is of
 *   use only until the newest one of before runs out; then the entry itself runs out as well. Ending it again, also
 *   by the same message delivered again, marks it in Redis even though MySQL has nothing left to change.
 * The mark in Redis outlives every access token of the session, and keeps `put` from bringing a session back whose
 * row was read just before it ended. If FLUSHALL takes the mark, `resolve` reads MySQL and sets it again.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly tokens: RefreshTokensRepository,
    private readonly rotation: RefreshRotationService,
    private readonly succession: RefreshTokenSuccession,
    private readonly accounts: AccountsService,
    private readonly store: SessionStore,
    private readonly signer: AccessTokenSigner,
    private readonly ids: IdentityIds,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Begins a session for somebody who has just proved who they are. */
  async start(account: identity.Account, device: identity.Device): Promise<identity.Tokens> {
    const now = this.clock.now();
    const expiresAt = sessionExpiry(now, now);
    const refreshToken = newRefreshToken();
    const session: SessionRecord = {
      id: this.ids.next(),
      accountId: account.id,
      device,
      createdAt: now,
      lastUsedAt: now,
      expiresAt,
    };
    await this.database.transaction(async (transaction) => {
      await this.sessions.insert(transaction, session);
      await this.tokens.insert(transaction, {
        hash: refreshToken.hash,
        sessionId: session.id,
        issuedAt: now,
        expiresAt,
      });
    });
    return this.issue(account, session, refreshToken.token, now);
  }

  /**
   * @param requestId the same request, delivered again within seconds, gets the same answer
   * @throws DomainError `SESSION_ENDED`, `REFRESH_TOKEN_REUSED`
   */
  async refresh(
    token: string,
    device: identity.Device,
    requestId: string,
  ): Promise<{ account: identity.Account; tokens: identity.Tokens }> {
    const now = this.clock.now();
    const successor = this.succession.successorOf(token, requestId);
    const rotation = await this.rotation.rotate({ token, successor, device, now });
    if (rotation.outcome === 'ended') throw sessionEnded();
    const { session } = rotation;
    if (rotation.outcome === 'reused') {
      await this.store.end(session.id);
      this.log.warn(
        { accountId: session.accountId, sessionId: session.id, address: device.address },
        'A refresh token was used twice: its session has been ended',
      );
      throw new DomainError(
        'REFRESH_TOKEN_REUSED',
        'This refresh token was used before, so the session has been ended: sign in again',
      );
    }
    const account = await this.accounts.get(session.accountId);
    return { account, tokens: await this.issue(account, session, successor.token, now) };
  }

  /**
   * The principal of a session that Redis doesn't know.
   *
   * @throws DomainError `SESSION_ENDED`
   */
  async resolve(sessionId: string): Promise<identity.Principal> {
    const now = this.clock.now();
    const session = await this.sessions.findLive(this.database, sessionId, now);
    if (!session) {
      await this.store.end(sessionId);
      throw sessionEnded();
    }
    const principal = principalOf(await this.accounts.get(session.accountId), sessionId);
    // False: it was ended since it was read above.
    if (!(await this.put(principal, session, now))) throw sessionEnded();
    return principal;
  }

  /** The devices that an account is signed in on, the one used last first. */
  async list(accountId: string): Promise<identity.Session[]> {
    const sessions = await this.sessions.listLive(this.database, accountId, this.clock.now());
    return sessions.map(({ id, device, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      device,
      createdAt,
      lastUsedAt,
      expiresAt,
    }));
  }

  /**
   * Ends one session of an account, or all of them.
   *
   * @returns how many were live until now; a session of somebody else is none of this account's
   */
  async end(accountId: string, sessionId?: string): Promise<number> {
    const now = this.clock.now();
    const reason: EndReason = sessionId ? 'signed_out' : 'signed_out_everywhere';
    const ended = await this.sessions.end(this.database, accountId, sessionId, reason, now);
    // Also those that ended shortly before: their mark may be missing if the process died right after the commit.
    const since = new Date(now.getTime() - ACCESS_TOKEN.lifeMs);
    await this.store.endMany(await this.sessions.endedSince(this.database, accountId, since));
    return ended;
  }

  private async issue(
    account: identity.Account,
    session: SessionRecord,
    refreshToken: string,
    now: Date,
  ): Promise<identity.Tokens> {
    await this.put(principalOf(account, session.id), session, now);
    const access = await this.signer.sign(account.id, session.id, now);
    return {
      accessToken: access.token,
      accessTokenExpiresAt: access.expiresAt,
      refreshToken,
      refreshTokenExpiresAt: session.expiresAt,
    };
  }

  /** Kept for as long as the newest access token can be shown: what nobody can ask for need not take up memory. */
  private async put(principal: identity.Principal, session: SessionRecord, now: Date): Promise<boolean> {
    const until = Math.min(now.getTime() + ACCESS_TOKEN.lifeMs, session.expiresAt.getTime());
    try {
      return await this.store.put(principal, new Date(until));
    } catch (error) {
      this.log.warn(
        { err: error, sessionId: session.id },
        'Redis did not take a session: it will be resolved',
      );
      return true;
    }
  }
}

function principalOf(account: identity.Account, sessionId: string): identity.Principal {
  return { accountId: account.id, kind: account.kind, sessionId, permissions: account.permissions };
}

function sessionEnded(): DomainError {
  return new DomainError('SESSION_ENDED', 'This session has ended: sign in again');
}
