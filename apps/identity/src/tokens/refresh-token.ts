import { createHash, createHmac, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';

/** 256 random bits as base64url; only the SHA-256 of it is stored. A random token needs no salt and no slow hash. */
export interface RefreshToken {
  readonly token: string;
  readonly hash: Buffer;
}

const TOKEN_BYTES = 32;

export function newRefreshToken(): RefreshToken {
  return withHash(randomBytes(TOKEN_BYTES).toString('base64url'));
}

export function refreshTokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * Makes the token that follows a used one. A request that is delivered again, because the replica that had it died,
 * gets the same successor as the first time: the successor is a keyed hash of the used token and the request's id.
 * So the repetition can be told from somebody else who shows the same token, whose request is another. (Should a
 * thief know the request's id as well, both hold the same successor, and the second of them to use it is found out.)
 */
export class RefreshTokenSuccession {
  private readonly key: Buffer;

  /** @param privateKey the one that signs access tokens: every replica has it, and nobody else */
  constructor(privateKey: KeyObject) {
    const secret = privateKey.export({ type: 'pkcs8', format: 'der' });
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'clearbid refresh token succession', TOKEN_BYTES));
  }

  successorOf(token: string, requestId: string): RefreshToken {
    const successor = createHmac('sha256', this.key).update(`${requestId}\n${token}`).digest('base64url');
    return withHash(successor);
  }
}

function withHash(token: string): RefreshToken {
  return { token, hash: refreshTokenHash(token) };
}
