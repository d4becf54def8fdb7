import { DomainError, identity, type RequestOf, type ResponseOf } from '#libs/contracts';
import { Database, isDuplicateKeyError } from '#libs/database';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import { IdentityIds } from '../ids/identity-ids.js';
import { RolesRepository } from '../roles/roles.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PasswordHasher } from '../sign-in/password-hasher.js';
import { AccountsRepository, type AccountRecord } from './accounts.repository.js';
import { AccountsService } from './accounts.service.js';

type Request = RequestOf<typeof identity.register>;

@Injectable()
export class RegistrationService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly directory: AccountsService,
    private readonly roles: RolesRepository,
    private readonly sessions: SessionsService,
    private readonly hasher: PasswordHasher,
    private readonly ids: IdentityIds,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError `EMAIL_TAKEN`; of two who register one address at once, the unique key lets one in */
  async register(request: Request): Promise<ResponseOf<typeof identity.register>> {
    const passwordHash = await this.hasher.hash(request.password);
    const record: AccountRecord = {
      id: this.ids.next(),
      email: request.email,
      kind: request.kind,
      displayName: request.displayName,
      state: 'ACTIVE',
      createdAt: this.clock.now(),
    };
    try {
      await this.database.transaction(async (transaction) => {
        await this.accounts.insert(transaction, record, passwordHash);
        await this.roles.grant(transaction, [{ accountId: record.id, role: request.kind }], record.createdAt);
      });
    } catch (error) {
      if (!isDuplicateKeyError(error, 'account_email')) throw error;
      throw new DomainError('EMAIL_TAKEN', `${request.email} is already registered: sign in instead`);
    }
    const account = await this.directory.withGrants(record);
    return { account, tokens: await this.sessions.start(account, request.device) };
  }
}
