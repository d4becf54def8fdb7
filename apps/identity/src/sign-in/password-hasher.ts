import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { ConcurrencyLimit } from './concurrency-limit.js';

export interface HashParameters {
  /** KiB */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** OWASP Password Storage Cheat Sheet, Argon2id: m = 19 MiB, t = 2, p = 1. */
export const PASSWORD_PARAMETERS: HashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export interface PasswordHasherOptions {
  /** Each hash holds one of libuv's (four) threads, which files and name look-ups need as well. */
  readonly concurrency: number;
  readonly queueLimit: number;
  readonly parameters?: HashParameters;
}

/** Passwords as argon2id hashes in the PHC string format, which carries its own parameters and salt. */
export class PasswordHasher {
  private readonly limit: ConcurrencyLimit;
  private readonly parameters: HashParameters;
  private nobodysHash: Promise<string> | undefined;

  constructor(options: PasswordHasherOptions) {
    this.limit = new ConcurrencyLimit({ ...options, what: 'passwords to hash' });
    this.parameters = options.parameters ?? PASSWORD_PARAMETERS;
  }

  /** @throws DomainError `OVERLOADED` when too many hashes wait. */
  hash(password: string): Promise<string> {
    return this.limit.run(() => hash(normalized(password), this.parameters));
  }

  /**
   * Whether the password belongs to this hash. Without a hash (there is no such account) the answer is no, after
   * the same work: the time must not tell which e-mail addresses are registered.
   *
   * @throws DomainError `OVERLOADED` when too many hashes wait.
   */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const against = passwordHash ?? (await this.hashOfNobody());
    const matches = await this.limit.run(() => verify(against, normalized(password)));
    return matches && passwordHash !== null;
  }

  /** The hash was made with other parameters than today's: make it anew while the password is at hand. */
  needsRehash(passwordHash: string): boolean {
    const { memoryCost, timeCost, parallelism } = parseOptions(passwordHash);
    const wanted = this.parameters;
    return (
      !passwordHash.startsWith('$argon2id$') ||
      memoryCost !== wanted.memoryCost ||
      timeCost !== wanted.timeCost ||
      parallelism !== wanted.parallelism
    );
  }

  /** Made before the first sign-in, or that one would take twice as long and tell. */
  async warmUp(): Promise<void> {
    await this.hashOfNobody();
  }

  private hashOfNobody(): Promise<string> {
    this.nobodysHash ??= hash(randomBytes(32), this.parameters);
    return this.nobodysHash;
  }
}

/** NIST SP 800-63B §5.1.1.2: the same characters typed on another keyboard may come composed differently. */
function normalized(password: string): string {
  return password.normalize('NFKC');
}
