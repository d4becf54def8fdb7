import { DomainError, type identity } from '#libs/contracts';
import { STEP_UP_TOKEN, stepUpTokenClaims } from '#libs/sessions';
import { errors, jwtVerify, type CryptoKey } from 'jose';
import { sessionPublicKey } from './access-tokens.js';

const HOW = `send the password to POST /v1/auth/step-up and its token in the header "${STEP_UP_TOKEN.header}"`;

/** Verifies that a caller has shown the password again, in this very session and not long ago. */
export class StepUpTokens {
  private constructor(private readonly publicKey: CryptoKey) {}

  /** @throws as {@link sessionPublicKey} */
  static async fromKeyFile(path: string): Promise<StepUpTokens> {
    return new StepUpTokens(await sessionPublicKey(path));
  }

  /**
   * @param header the one named by `STEP_UP_TOKEN`
   * @param principal whose session is alive: that is not looked at here
   * @throws DomainError STEP_UP_REQUIRED, which says how to get a token
   */
  async require(header: string | string[] | undefined, principal: identity.Principal): Promise<void> {
    if (typeof header !== 'string') throw required(`This needs the password once more: ${HOW}`);
    const { accountId, sessionId } = principal;
    const claims = await this.check(header);
    if (claims.sub !== accountId || claims.sid !== sessionId) {
      throw required(`The password was shown in another session: ${HOW}`);
    }
  }

  private async check(token: string) {
    try {
      const { algorithm, issuer, audience } = STEP_UP_TOKEN;
      const rules = { algorithms: [algorithm], issuer, audience };
      const { payload } = await jwtVerify(token, this.publicKey, rules);
      return stepUpTokenClaims.parse(payload);
    } catch (error) {
      const why =
        error instanceof errors.JWTExpired
          ? 'It is too long ago that the password was shown'
          : 'The step-up token is not one of ours';
      throw required(`${why}: ${HOW}`);
    }
  }
}

function required(message: string): DomainError {
  return new DomainError('STEP_UP_REQUIRED', message);
}
