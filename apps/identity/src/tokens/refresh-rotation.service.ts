import type { identity } from '#libs/contracts';
import { Database, type Transaction } from '#libs/database';
import { Injectable } from '@nestjs/common';
import { sessionExpiry } from '../sessions/session-lifetime.js';
import { SessionsRepository, type SessionRecord } from '../sessions/sessions.repository.js';
import { refreshTokenHash, type RefreshToken } from './refresh-token.js';
import { RefreshTokensRepository, type StoredRefreshToken } from './refresh-tokens.repository.js';

export interface RotationRequest {
  /** The token that was shown. */
  readonly token: string;
  /** What takes its place. */
  readonly successor: RefreshToken;
  readonly device: identity.Device;
  readonly now: Date;
}

export type Rotation =
  | { readonly outcome: 'rotated'; readonly session: SessionRecord }
  /** The token was used before: one of the two who showed it is not its owner. The session is over. */
  | { readonly outcome: 'reused'; readonly session: SessionRecord }
  /** Unknown, expired, or of a session that is over. */
  | { readonly outcome: 'ended' };

/** No message is delivered again later than this: whoever asked has stopped waiting long before. */
const REPEAT_WINDOW_MS = 30_000;

/**
 * Replaces a refresh token by the next one (RFC 9700 §4.14.2, refresh token rotation). Strict: there is no grace for
 * showing a token twice, as a grace is what a thief needs. The console refreshes in one tab at a time.
 */
@Injectable()
export class RefreshRotationService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly tokens: RefreshTokensRepository,
  ) {}

  rotate(request: RotationRequest): Promise<Rotation> {
    return this.database.transaction((transaction) => this.rotateIn(transaction, request));
  }

  private async rotateIn(transaction: Transaction, request: RotationRequest): Promise<Rotation> {
    const { successor, device, now } = request;
    const hash = refreshTokenHash(request.token);
    const shown = await this.tokens.find(transaction, hash);
    const session = shown && (await this.sessions.find(transaction, shown.sessionId));
    if (!shown || !session) return { outcome: 'ended' };
    if (shown.usedAt !== null) return this.usedBefore(transaction, request, shown, session);

    // The session first, then its token, everywhere: so all refreshes of one session stand in one line. The newest
    // token of a session expires together with it, so that asking for the session's time is enough.
    const expiresAt = sessionExpiry(session.createdAt, now);
    const live = await this.sessions.use(transaction, session.id, { device, at: now, expiresAt });
    if (!live) return { outcome: 'ended' };
    if (!(await this.tokens.use(transaction, hash, successor.hash, now))) {
      const meanwhile = await this.tokens.find(transaction, hash);
      return this.usedBefore(transaction, request, meanwhile ?? shown, session);
    }
    const { id: sessionId } = session;
    await this.tokens.insert(transaction, { hash: successor.hash, sessionId, issuedAt: now, expiresAt });
    return { outcome: 'rotated', session: { ...session, device, lastUsedAt: now, expiresAt } };
  }

  private async usedBefore(
    transaction: Transaction,
    { successor, now }: RotationRequest,
    used: StoredRefreshToken,
    session: SessionRecord,
  ): Promise<Rotation> {
    // This very request used it, and the replica that had it died before it could answer: the answer is the same.
    const repeated =
      used.replacedBy?.equals(successor.hash) === true &&
      used.usedAt !== null &&
      now.getTime() - used.usedAt.getTime() <= REPEAT_WINDOW_MS;
    if (!repeated) {
      await this.sessions.end(transaction, session.accountId, session.id, 'refresh_token_reused', now);
      return { outcome: 'reused', session };
    }
    const live = await this.sessions.findLive(transaction, session.id, now);
    return live ? { outcome: 'rotated', session: live } : { outcome: 'ended' };
  }
}
