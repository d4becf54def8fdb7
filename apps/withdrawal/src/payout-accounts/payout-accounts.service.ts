import { Injectable } from '@nestjs/common';
import { DomainError, type RequestOf, type withdrawal } from '#libs/contracts';
import { Database, type Transaction, isDuplicateKeyError } from '#libs/database';
import { IdGenerator } from '#libs/ids';
import { Log } from '#libs/service';
import { Vault } from '#libs/vault';
import { OwnerHistory } from '../withdrawals/owner-history.repository.js';
import { maskedName, maskedNumber, normalName, normalNumber, numberProblem } from './account-number.js';
import { PayoutAccountRepository, type PayoutAccountRow } from './payout-account.repository.js';
import { PayoutAccountsConfig } from './payout-accounts.config.js';

type AddRequest = RequestOf<typeof withdrawal.addPayoutAccount>;

const MAX_ACCOUNTS = 10;

/** What is sealed belongs to its row and column: a row that is given another's bytes can't be opened. */
const contextOf = (id: string, column: 'number' | 'name') => `payout_account:${id}:${column}`;

/** Where owners are paid. Nothing but `open` ever tells a number or a name. */
@Injectable()
export class PayoutAccountsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: PayoutAccountRepository,
    private readonly owners: OwnerHistory,
    private readonly vault: Vault,
    private readonly ids: IdGenerator,
    private readonly config: PayoutAccountsConfig,
    private readonly log: Log,
  ) {}

  /** The same number again gives the account that is there; one that was removed comes back, and cools down anew. */
  async add(request: AddRequest): Promise<withdrawal.PayoutAccount> {
    const number = normalNumber(request.method, request.number);
    assertUsable(request, number);
    try {
      return await this.addOnce(request, number);
    } catch (error) {
      // The same number at the same moment, from another window: the one that is there now is the answer.
      if (!isDuplicateKeyError(error)) throw error;
      return this.addOnce(request, number);
    }
  }

  private addOnce(request: AddRequest, number: string): Promise<withdrawal.PayoutAccount> {
    return this.database.transaction(async (transaction) => {
      // Rows alone don't do: an owner's first two would find none to lock, and both be first.
      await this.owners.lockOwner(transaction, request.ownerId);
      const all = await this.accounts.allOf(transaction, request.ownerId);
      const print = this.vault.fingerprint(`${request.method}:${number}`);
      const known = await this.accounts.findByNumber(transaction, request.ownerId, request.method, print);
      const namePrint = this.vault.fingerprint(normalName(request.holderName));
      // Also of those that were removed: whoever has taken a session over can't change the name by taking them out.
      if (all.some((account) => !account.name_print.equals(namePrint))) {
        const message = 'must be the name that your other payout accounts are in';
        throw new DomainError('PAYEE_NAME_DIFFERS', `holderName ${message}`, {
          errors: [{ field: 'holderName', message }],
        });
      }
      if (known?.removed_at === null) return viewOf(known);
      if (all.filter(({ removed_at: removedAt }) => removedAt === null).length >= MAX_ACCOUNTS)
        throw new DomainError(
          'TOO_MANY_PAYOUT_ACCOUNTS',
          `There are ${MAX_ACCOUNTS} already: remove one first`,
        );
      const { coolDownMs } = this.config;
      if (known) await this.accounts.revive(transaction, known.id, { coolDownMs, bankName: bankOf(request) });
      else await this.insert(transaction, request, number, print, namePrint);
      const added = await this.accounts.findByNumber(transaction, request.ownerId, request.method, print);
      if (!added) throw new Error('The payout account that was just added is not there');
      this.log.warn(
        { ownerId: request.ownerId, payoutAccountId: added.id, method: added.method },
        'a payout account was added',
      );
      return viewOf(added);
    });
  }

  private async insert(
    transaction: Transaction,
    request: AddRequest,
    number: string,
    numberPrint: Buffer,
    namePrint: Buffer,
  ): Promise<void> {
    const id = this.ids.nextId(0);
    await this.accounts.insert(transaction, {
      id,
      ownerId: request.ownerId,
      method: request.method,
      numberSealed: this.vault.seal(contextOf(id, 'number'), number),
      numberPrint,
      nameSealed: this.vault.seal(contextOf(id, 'name'), request.holderName),
      namePrint,
      bankName: bankOf(request),
      maskedNumber: maskedNumber(request.method, number),
      maskedName: maskedName(request.holderName),
      coolDownMs: this.config.coolDownMs,
    });
  }

  async list(ownerId: string): Promise<withdrawal.PayoutAccount[]> {
    return (await this.accounts.list(ownerId)).map(viewOf);
  }

  async remove(ownerId: string, id: string): Promise<void> {
    if (!(await this.accounts.remove(ownerId, id))) throw notFound(id);
    this.log.warn({ ownerId, payoutAccountId: id }, 'a payout account was removed');
  }

  /** @throws DomainError when the owner has no such account, or can't be paid to it yet. */
  async usable(ownerId: string, id: string): Promise<withdrawal.PayoutAccount> {
    const row = await this.accounts.find(id);
    if (row && row.owner_id !== ownerId)
      this.log.warn({ ownerId, payoutAccountId: id }, "somebody asked for another owner's payout account");
    if (row?.owner_id !== ownerId || row.removed_at !== null) throw notFound(id);
    if (row.usable_from.getTime() <= Date.now()) return viewOf(row);
    const message = `can be paid to from ${row.usable_from.toISOString()} on`;
    throw new DomainError('PAYOUT_ACCOUNT_COOLING_DOWN', `Payout account ${id} is new: it ${message}`, {
      errors: [{ field: 'payoutAccountId', message }],
    });
  }

  otherOwners(id: string): Promise<number> {
    return this.accounts.otherOwners(id);
  }

  /** For a payout alone: the number and the name as they were told, also of an account that was removed meanwhile. */
  async open(id: string): Promise<{ number: string; name: string }> {
    const row = await this.accounts.find(id);
    if (!row) throw notFound(id);
    return {
      number: this.vault.open(contextOf(id, 'number'), row.number_sealed),
      name: this.vault.open(contextOf(id, 'name'), row.name_sealed),
    };
  }

  /** Seals anew what an old key has sealed, as far as it can be opened. @returns how many that were. */
  async reseal(rows: readonly PayoutAccountRow[]): Promise<number> {
    let resealed = 0;
    for (const row of rows) {
      try {
        if (await this.resealOne(row)) resealed += 1;
      } catch (error) {
        // One that was damaged must not keep all others under a key that is to be thrown away.
        this.log.error({ err: error, payoutAccountId: row.id }, 'a payout account could not be sealed anew');
      }
    }
    return resealed;
  }

  private async resealOne(row: PayoutAccountRow): Promise<boolean> {
    const { id, number_sealed: number, name_sealed: name } = row;
    if ([number, name].every((sealed) => this.vault.isCurrent(sealed))) return false;
    const again = (column: 'number' | 'name', sealed: Buffer) =>
      this.vault.seal(contextOf(id, column), this.vault.open(contextOf(id, column), sealed));
    await this.accounts.reseal(row, again('number', number), again('name', name));
    return true;
  }
}

const bankOf = ({ method, bankName }: AddRequest): string | null =>
  method === 'bank' ? (bankName ?? null) : null;

/** @throws DomainError that names the field. */
function assertUsable({ method, bankName }: AddRequest, number: string): void {
  const problem = numberProblem(method, number);
  const errors = [
    ...(problem === undefined ? [] : [{ field: 'number', message: problem }]),
    ...(method === 'bank' && bankName === undefined
      ? [{ field: 'bankName', message: 'is needed for a bank card' }]
      : []),
  ];
  const [first] = errors;
  if (first) throw new DomainError('VALIDATION_FAILED', `${first.field} ${first.message}`, { errors });
}

function notFound(id: string): DomainError {
  return new DomainError('PAYOUT_ACCOUNT_NOT_FOUND', `There is no payout account ${id}`);
}

function viewOf(row: PayoutAccountRow): withdrawal.PayoutAccount {
  return {
    id: row.id,
    method: row.method,
    maskedNumber: row.masked_number,
    maskedName: row.masked_name,
    bankName: row.bank_name,
    createdAt: row.created_at,
    usableFrom: row.usable_from,
  };
}
