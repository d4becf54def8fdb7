import type { Database } from '#libs/database';
import type { AccountsRepository } from '../accounts/accounts.repository.js';
import type { RolesRepository } from '../roles/roles.repository.js';
import type { PasswordHasher } from '../sign-in/password-hasher.js';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, loadMerchant, type DemoAccount } from './demo-accounts.js';

/** Rows of one INSERT. */
const BATCH = 500;

/** Makes the demo accounts that are missing; those that exist stay as they are. */
export class DemoSeed {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly roles: RolesRepository,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * @param loadMerchants how many numbered merchants there shall be, beside the named accounts
   * @returns how many accounts were made now
   */
  async run(loadMerchants: number, now: Date): Promise<number> {
    // One hash for all: thousands of slow hashes would teach nobody anything.
    const passwordHash = await this.hasher.hash(DEMO_PASSWORD);
    const wanted = [
      ...DEMO_ACCOUNTS,
      ...Array.from({ length: loadMerchants }, (_, i) => loadMerchant(i + 1)),
    ];
    let made = 0;
    for (let from = 0; from < wanted.length; from += BATCH) {
      const madeNow = await this.insert(wanted.slice(from, from + BATCH), passwordHash, now);
      made += madeNow;
    }
    return made;
  }

  private insert(accounts: readonly DemoAccount[], passwordHash: string, now: Date): Promise<number> {
    return this.database.transaction(async (transaction) => {
      const before = await this.accounts.findIds(transaction, emailsOf(accounts));
      const missing = accounts.filter(({ email }) => !before.has(email));
      const records = missing.map(({ id, email, displayName, kind }) => {
        return { id, email, displayName, kind, state: 'ACTIVE', createdAt: now } as const;
      });
      await this.accounts.insertMissing(transaction, records, passwordHash);
      // Also for those that were there: a seed that died half-way is completed by the next.
      const ids = await this.accounts.findIds(transaction, emailsOf(accounts));
      const grants = accounts.flatMap(({ email, role }) => {
        const accountId = ids.get(email);
        return accountId ? [{ accountId, role }] : [];
      });
      await this.roles.grant(transaction, grants, now);
      return missing.length;
    });
  }
}

function emailsOf(accounts: readonly DemoAccount[]): string[] {
  return accounts.map(({ email }) => email);
}
