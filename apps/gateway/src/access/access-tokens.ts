import { readFile } from 'node:fs/promises';
import { DomainError } from '#libs/contracts';
import { ACCESS_TOKEN, accessTokenClaims, type AccessTokenClaims } from '#libs/sessions';
import { errors, importSPKI, jwtVerify, type CryptoKey } from 'jose';

/** Tokens whose signature was found good, kept until they expire: a page asks many times with the same one. */
const MAX_VERIFIED_TOKENS = 10_000;

/**
 * The key that everything signed by identity is verified with.
 *
 * @throws when the file can't be read or holds no Ed25519 public key, with a sentence that says so
 */
export async function sessionPublicKey(path: string): Promise<CryptoKey> {
  try {
    return await importSPKI(await readFile(path, 'utf8'), ACCESS_TOKEN.algorithm);
  } catch (error) {
    throw new Error(
      `SESSION_PUBLIC_KEY_FILE (${path}) must hold an Ed25519 public key as PEM ("BEGIN PUBLIC KEY")`,
      { cause: error },
    );
  }
}

/** Verifies access tokens with identity's public key. Says nothing about whether the session still lives. */
export class AccessTokens {
  private readonly verified = new Map<string, AccessTokenClaims>();

  private constructor(private readonly publicKey: CryptoKey) {}

  /** @throws as {@link sessionPublicKey} */
  static async fromKeyFile(path: string): Promise<AccessTokens> {
    return new AccessTokens(await sessionPublicKey(path));
  }

  /**
   * @param authorization the header of that name
   * @throws DomainError UNAUTHENTICATED
   */
  async verify(authorization: string | undefined): Promise<AccessTokenClaims> {
    const token = bearerTokenIn(authorization);
    const known = this.verified.get(token);
    if (known !== undefined) {
      if (known.exp * 1000 > Date.now()) return known;
      this.verified.delete(token);
      throw expired();
    }
    const claims = await this.check(token);
    this.remember(token, claims);
    return claims;
  }

  private async check(token: string): Promise<AccessTokenClaims> {
    try {
      const { payload } = await jwtVerify(token, this.publicKey, {
        algorithms: [ACCESS_TOKEN.algorithm],
        issuer: ACCESS_TOKEN.issuer,
        audience: ACCESS_TOKEN.audience,
      });
      return accessTokenClaims.parse(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired();
      throw new DomainError('UNAUTHENTICATED', 'The access token is not one of ours: sign in again');
    }
  }

  /** Forgets the oldest first, which a Map gives in order of insertion. */
  private remember(token: string, claims: AccessTokenClaims): void {
    if (this.verified.size >= MAX_VERIFIED_TOKENS) {
      for (const oldest of this.verified.keys()) {
        this.verified.delete(oldest);
        break;
      }
    }
    this.verified.set(token, claims);
  }
}

function bearerTokenIn(authorization: string | undefined): string {
  const token = /^Bearer +([\w.~+/=-]{1,4096})$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    throw new DomainError('UNAUTHENTICATED', 'Send an access token in the header "Authorization: Bearer …"');
  }
  return token;
}

function expired(): DomainError {
  return new DomainError(
    'UNAUTHENTICATED',
    'The access token has expired: get a new one with the refresh token',
  );
}
