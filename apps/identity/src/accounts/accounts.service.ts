import { DomainError, type identity } from '#libs/contracts';
import { Database } from '#libs/database';
import { Injectable } from '@nestjs/common';
import { RolesRepository } from '../roles/roles.repository.js';
import { AccountsRepository, type AccountRecord } from './accounts.repository.js';

@Injectable()
export class AccountsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly roles: RolesRepository,
  ) {}

  /** @throws DomainError `NOT_FOUND` */
  async get(accountId: string): Promise<identity.Account> {
    const record = await this.accounts.find(this.database, accountId);
    if (!record) throw new DomainError('NOT_FOUND', `There is no account ${accountId}`);
    return this.withGrants(record);
  }

  /** An account as others see it: with what it may do now. */
  async withGrants(record: AccountRecord): Promise<identity.Account> {
    const { roles, permissions } = await this.roles.grantsOf(this.database, record.id);
    const { id, email, kind, displayName, createdAt } = record;
    return { id, email, kind, displayName, createdAt, roles, permissions };
  }
}
